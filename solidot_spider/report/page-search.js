// The search for titles, which are opened when somebody looks for the first time.
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
