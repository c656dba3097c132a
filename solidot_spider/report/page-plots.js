"use strict";
// What a mark tells, at the pointer or beside the mark that the arrow keys have reached; and zoom.
const MOST_ZOOM = 8;
const EDGE = 6;

const barOf = (mark) => mark?.dataset.t.split(":", 1)[0];

class Plot {
  constructor(plot, tip, said) {
    Object.assign(this, { plot, tip, said, zoom: 1, at: -1, on: null });
    this.step = Number(plot.dataset.step); // 0: to the next bar, however many parts this one has
  }

  marks() {
    const shown = [...this.plot.querySelectorAll("svg")].find((each) => each.getClientRects().length);
    return [...shown.querySelectorAll("[data-t]")];
  }

  tell(text, x, y) {
    this.tip.textContent = text;
    this.tip.hidden = false;
    const { width, height } = this.tip.getBoundingClientRect();
    const left = Math.max(EDGE, Math.min(x - width / 2, innerWidth - width - EDGE));
    const top = y - height - 14 < EDGE ? y + 18 : y - height - 14;
    this.tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  leave() {
    this.on?.classList.remove("on");
    this.on = null;
    this.tip.hidden = true;
  }

  go(to) {
    const all = this.marks();
    this.leave();
    this.at = Math.max(0, Math.min(all.length - 1, to));
    this.on = all[this.at];
    if (!this.on) return;
    this.on.classList.add("on");
    this.on.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    const box = this.on.getBoundingClientRect();
    this.tell(this.on.dataset.t, box.left + box.width / 2, box.top);
    this.said.textContent = this.on.dataset.t;
  }

  leap(way) {
    const all = this.marks();
    let to = this.at + way * (this.step || 1);
    while (!this.step && to > 0 && to < all.length - 1 && barOf(all[to]) === barOf(all[this.at])) to += way;
    this.go(to);
  }

  scale(factor) {
    const { plot } = this;
    this.zoom = factor ? Math.max(1, Math.min(MOST_ZOOM, this.zoom * factor)) : 1;
    const middle = (plot.scrollLeft + plot.clientWidth / 2) / plot.scrollWidth;
    plot.style.setProperty("--zoom", this.zoom);
    plot.classList.toggle("zoomed", this.zoom > 1);
    plot.scrollLeft = middle * plot.scrollWidth - plot.clientWidth / 2;
    this.leave();
  }

  press(event) {
    const keys = {
      ArrowRight: () => this.go(this.at + 1), ArrowLeft: () => this.go(this.at - 1),
      ArrowDown: () => this.leap(1), ArrowUp: () => this.leap(-1),
      Home: () => this.go(0), End: () => this.go(Infinity), Escape: () => this.leave(),
      "+": () => this.scale(1.5), "=": () => this.scale(1.5), "-": () => this.scale(1 / 1.5), 0: () => this.scale(0),
    };
    const does = event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  }

  turn(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.scale(event.deltaY < 0 ? 1.25 : 0.8);
  }

  listen() {
    const { plot } = this;
    plot.addEventListener("pointermove", (event) => {
      const told = event.target.dataset?.t;
      if (told) this.tell(told, event.clientX, event.clientY);
      else this.leave();
    });
    plot.addEventListener("pointerdown", (event) => {
      if (event.target.dataset?.t) this.go(this.marks().indexOf(event.target));
    });
    plot.addEventListener("pointerleave", () => this.leave());
    plot.addEventListener("blur", () => this.leave());
    plot.addEventListener("scroll", () => { if (!this.on) this.tip.hidden = true; });
    plot.addEventListener("wheel", (event) => this.turn(event), { passive: false });
    plot.addEventListener("keydown", (event) => this.press(event));
    for (const button of plot.closest("figure").querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => this.scale(Number(button.dataset.zoom)));
    }
  }
}
