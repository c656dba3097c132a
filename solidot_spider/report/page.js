"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const remembered = (value) => {
    try {
      if (value) localStorage.setItem("solidot-report-theme", value);
      return localStorage.getItem("solidot-report-theme");
    } catch {
      return value; // a page from disk may have no memory
    }
  };
  const chosen = remembered();
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
  const theme = () => root.dataset.theme ?? (dark.matches ? "dark" : "light");

  const offerTheme = (button) => {
    const name = () => { button.textContent = theme() === "dark" ? "Light" : "Dark"; };
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.theme = theme() === "dark" ? "light" : "dark";
      remembered(root.dataset.theme);
      name();
    });
    dark.addEventListener("change", name);
    name();
  };

  // What a mark tells, at the pointer or beside the mark that the arrow keys have reached.
  const tell = (tip, text, x, y) => {
    tip.textContent = text;
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    const left = Math.max(6, Math.min(x - width / 2, innerWidth - width - 6));
    const top = y - height - 14 < 6 ? y + 18 : y - height - 14;
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  };

  const explore = (plot, tip, said) => {
    const figure = plot.closest("figure");
    const step = Number(plot.dataset.step); // 0: to the next bar, however many parts this one has
    let zoom = 1;
    let at = -1;
    let on = null;
    const marks = () => [...plot.querySelectorAll("svg")].find((each) => each.getClientRects().length)
      .querySelectorAll("[data-t]");
    const leave = () => { on?.classList.remove("on"); on = null; tip.hidden = true; };
    const scale = (factor) => {
      zoom = factor ? Math.max(1, Math.min(8, zoom * factor)) : 1;
      const { scrollLeft, clientWidth, scrollWidth } = plot;
      const middle = (scrollLeft + clientWidth / 2) / scrollWidth;
      plot.style.setProperty("--zoom", zoom);
      plot.classList.toggle("zoomed", zoom > 1);
      plot.scrollLeft = middle * plot.scrollWidth - clientWidth / 2;
      leave();
    };
    const go = (to) => {
      const all = marks();
      leave();
      at = Math.max(0, Math.min(all.length - 1, to));
      on = all[at];
      if (!on) return;
      on.classList.add("on");
      on.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
      const box = on.getBoundingClientRect();
      tell(tip, on.dataset.t, box.left + box.width / 2, box.top);
      said.textContent = on.dataset.t;
    };
    plot.addEventListener("pointermove", (event) => {
      const told = event.target.dataset?.t;
      if (told) tell(tip, told, event.clientX, event.clientY);
      else leave();
    });
    plot.addEventListener("pointerdown", (event) => {
      if (event.target.dataset?.t) go([...marks()].indexOf(event.target));
    });
    plot.addEventListener("pointerleave", leave);
    plot.addEventListener("scroll", () => { if (!on) tip.hidden = true; });
    plot.addEventListener("blur", leave);
    plot.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      scale(event.deltaY < 0 ? 1.25 : 0.8);
    }, { passive: false });
    const barOf = (mark) => mark?.dataset.t.split(":", 1)[0];
    const leap = (way) => {
      const all = marks();
      let to = at + way * (step || 1);
      while (!step && to > 0 && to < all.length - 1 && barOf(all[to]) === barOf(all[at])) to += way;
      go(to);
    };
    const keys = {
      ArrowRight: () => go(at + 1), ArrowLeft: () => go(at - 1), ArrowDown: () => leap(1),
      ArrowUp: () => leap(-1), Home: () => go(0), End: () => go(Infinity), "+": () => scale(1.5),
      "=": () => scale(1.5), "-": () => scale(1 / 1.5), 0: () => scale(0), Escape: leave,
    };
    plot.addEventListener("keydown", (event) => {
      const does = event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key];
      if (!does) return;
      event.preventDefault();
      does();
    });
    for (const button of figure.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => scale(Number(button.dataset.zoom)));
    }
  };

  const LIMIT = 100;
  const opened = async () => {
    const packed = atob(document.getElementById("titles").textContent);
    const bytes = new Uint8Array(packed.length);
    for (let at = 0; at < packed.length; at++) bytes[at] = packed.charCodeAt(at);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const text = await new Response(stream).text();
    let sid = 0;
    let day = 0;
    const stories = text.split("\n").map((line) => {
      const [above, later, title] = line.split("\t");
      sid += above === "" ? 1 : Number(above);
      day += Number(later);
      return { sid, day, title, low: `${sid} ${title.toLowerCase()}` };
    });
    return stories.reverse();
  };

  const marked = (text, words) => {
    const made = document.createElement("span");
    made.lang = "zh";
    const low = text.toLowerCase();
    let from = 0;
    while (low.length === text.length) {
      const hits = words.map((word) => [low.indexOf(word, from), word.length]).filter(([at]) => at >= 0);
      if (!hits.length) break;
      const [at, length] = hits.reduce((one, other) => (other[0] < one[0] ? other : one));
      const mark = document.createElement("mark");
      mark.textContent = text.slice(at, at + length);
      made.append(text.slice(from, at), mark);
      from = at + length;
    }
    made.append(text.slice(from));
    return made;
  };

  const offerSearch = (form) => {
    const site = form.dataset.site;
    const input = form.querySelector("input");
    const found = document.getElementById("found");
    const results = document.getElementById("results");
    const about = found.textContent;
    let titles = null;
    let turn = 0;
    const row = ({ sid, day, title }, words) => {
      const link = document.createElement("a");
      link.href = `${site}/story?sid=${sid}`;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      const time = document.createElement("time");
      time.textContent = new Date(day * 864e5).toISOString().slice(0, 10);
      const number = document.createElement("small");
      number.textContent = sid;
      link.append(time, marked(title, words), number);
      const item = document.createElement("li");
      item.append(link);
      return item;
    };
    const look = async () => {
      const mine = ++turn;
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      if (!words.length) {
        results.replaceChildren();
        found.textContent = about;
        return;
      }
      if (typeof DecompressionStream === "undefined") {
        found.textContent = "This browser cannot open the packed titles: it takes Chrome 80, Firefox 113, Safari 16.4 "
          + "or a later one. solidot export - | grep finds them, too.";
        return;
      }
      try {
        titles ??= opened();
        const all = await titles;
        if (mine !== turn) return;
        const hits = all.filter(({ low }) => words.every((word) => low.includes(word)));
        const count = hits.length;
        results.replaceChildren(...hits.slice(0, LIMIT).map((story) => row(story, words)));
        found.textContent = `${count.toLocaleString("en")} ${count === 1 ? "story" : "stories"}`
          + (count > LIMIT ? `, the last ${LIMIT} are shown` : "");
      } catch (error) {
        found.textContent = `The packed titles cannot be opened: ${error.message}`;
      }
    };
    input.addEventListener("input", look);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      results.querySelector("a")?.focus();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input")) return;
      event.preventDefault();
      input.focus();
    });
  };

  addEventListener("DOMContentLoaded", () => {
    const tip = document.getElementById("tip");
    const said = document.getElementById("said");
    offerTheme(document.getElementById("theme"));
    for (const plot of document.querySelectorAll(".plot")) explore(plot, tip, said);
    const form = document.querySelector(".search form");
    if (form) offerSearch(form);
  });
})();
