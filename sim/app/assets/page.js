// The form is the state: it goes to the server as one query string, and comes back in its shortest form for the address.
(() => {
  "use strict";
  const form = document.getElementById("state");
  const control = (name) => form.elements.namedItem(name);
  const BENCH = ["explore", "compare", "why", "map"];
  let answered = false, follow = false, busy = false, again = false, sent = "", playing = 0;

  function words() {
    const pairs = new URLSearchParams(new FormData(form));
    for (const [key, value] of [...pairs]) if (value === "") pairs.delete(key);
    pairs.set("v", form.dataset.version);
    return pairs.toString();
  }

  function send() {
    const query = words();
    if (query === sent || !window.Shiny || !Shiny.setInputValue) return;
    if (busy) { again = true; return; }
    busy = true;
    sent = query;
    document.body.dataset.state = "busy";
    Shiny.setInputValue("address", query);
  }

  function ask(what) {  // the server answers with another state
    busy = true;
    document.body.dataset.state = "busy";
    Shiny.setInputValue(what, words(), { priority: "event" });
  }

  function told(input) {  // the value beside a slider
    const output = document.querySelector(`output[for="${input.id}"]`);
    if (output) tell(input, `${input.value} ${output.dataset.unit}`.trim().replace(/^-/, "\u2212"));
  }

  function tell(input, words) {
    document.querySelector(`output[for="${input.id}"]`).textContent = words;
    input.setAttribute("aria-valuetext", words);
  }

  function changed(name) {
    if (name === "horizon") control("year").disabled = true;
    if (name === "world") drop((key) => !key.startsWith("b-"));
    if (name === "against") drop((key) => key.startsWith("b-"));
    send();
  }

  // Another scenario: its own levers count, so the form's say nothing until the server has set them.
  function drop(which) {
    for (const key of (form.dataset.levers || "").split(" ")) {
      if (which(key) && control(key)) control(key).disabled = true;
    }
    if (which("year")) { control("year").disabled = true; control("horizon").disabled = true; }
  }

  function set(values) {  // from the server: name -> value, or {value, min, max}, or {off}: why it cannot be moved
    for (const [name, given] of Object.entries(values)) {
      const input = control(name);
      if (!input) continue;
      const one = typeof given === "object" ? given : { value: given };
      if ("off" in one) {
        input.disabled = true;
        tell(input, one.off);
        continue;
      }
      if ("min" in one) input.min = one.min;
      if ("max" in one) input.max = one.max;
      if (input.disabled || (!again && input !== document.activeElement)) input.value = one.value;
      input.disabled = false;
      told(input);
    }
    if (!again) sent = words();
  }

  function show(view) {
    control("view").value = view;
    for (const section of document.querySelectorAll("section.view")) section.hidden = section.dataset.section !== view;
    for (const heading of document.querySelectorAll("h1")) heading.hidden = heading.id !== `${view}-title`;
    document.getElementById("bench").hidden = !BENCH.includes(view);
    for (const link of document.querySelectorAll("nav a[data-view]")) {
      if (link.dataset.view === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const clock = document.querySelector(".clock");
    const section = document.querySelector(`section[data-section="${view}"]`);
    if (["explore", "why", "map"].includes(view)) section.prepend(clock);
    if (["explore", "compare"].includes(view)) section.querySelector(".chart, .pair").before(document.getElementById("shown"));
    if (BENCH.includes(view)) section.append(document.getElementById("copies"));
    document.getElementById("other-file").hidden = view !== "compare";
    stop();
    document.title = `${document.getElementById(`${view}-title`).textContent} \u00b7 burdenshare`;
    $(section).trigger("shown");
    measure();
  }

  if (matchMedia("(max-width: 62rem)").matches) document.getElementById("levers").open = false;

  // How wide the places for charts are, so that letters keep their size; of those out of sight, how wide they were.
  const places = {};
  let widths = "";
  function measure() {
    for (const place of document.querySelectorAll("[data-picture]")) {
      if (place.offsetParent !== null) places[place.dataset.picture] = Math.floor(place.clientWidth / 10) * 10;
    }
    const size = parseFloat(getComputedStyle(document.documentElement).fontSize) * 13 / 16;
    const text = JSON.stringify([places, size]);
    if (text === widths || !Object.keys(places).length || !window.Shiny || !Shiny.setInputValue) return;
    widths = text;
    document.body.dataset.state = "busy";
    Shiny.setInputValue("widths", text);
  }

  function stop() {
    clearTimeout(playing);
    playing = 0;
    document.getElementById("play").textContent = "Play";
  }

  function forward() {
    const year = control("year");
    if (Number(year.value) >= Number(year.max)) { stop(); return false; }
    year.value = Number(year.value) + 1;
    told(year);
    send();
    return true;
  }

  function play() {
    if (!busy && !forward()) return;
    playing = setTimeout(play, 450);
  }

  const pressed = {
    play() {
      if (playing) { stop(); return; }
      const year = control("year");
      if (year.value === year.max) { year.value = year.min; told(year); send(); }
      document.getElementById("play").textContent = "Pause";
      playing = setTimeout(play, 450);
    },
    forward() { stop(); forward(); },
    restart() { stop(); const year = control("year"); year.value = year.min; told(year); send(); },
    another() { const one = control("replicate"); one.value = (Number(one.value) + 1) % 1000000; send(); },
    "reset-levers"() { drop((key) => !key.startsWith("b-")); control("horizon").disabled = true; send(); },
    swap() { ask("swap"); },
    keep() { ask("keep"); },
    larger() {
      const on = document.documentElement.classList.toggle("large");
      control("large").value = on ? "1" : "";
      document.getElementById("larger").setAttribute("aria-pressed", String(on));
      send();
      measure();
    },
  };

  const typed = (input) => input.type === "number" || input.type === "textarea";  // sent when done
  form.addEventListener("input", (event) => {
    if (event.target.type === "range") told(event.target);
    if (event.target.id === "control-year") stop();
    if (event.target.name && !typed(event.target)) changed(event.target.name);
  });
  form.addEventListener("change", (event) => { if (typed(event.target)) changed(event.target.name); });
  form.addEventListener("input", (event) => {
    if (event.target.id !== "find-term") return;
    const wanted = event.target.value.toLowerCase();
    for (const term of document.querySelectorAll(".term")) term.hidden = !term.textContent.toLowerCase().includes(wanted);
  });
  form.addEventListener("submit", (event) => event.preventDefault());

  document.addEventListener("click", (event) => {
    const view = event.target.closest("a[data-view]");
    const button = event.target.closest("button");
    if (!event.target.closest("#term-note, [data-term]")) forget();
    if (view && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      forget();
      show(view.dataset.view);
      if (words() !== sent) history.pushState(null, "", `?${words()}`);  // else nobody would shorten it
      document.getElementById("main").focus({ preventScroll: true });
      window.scrollTo(0, 0);
      send();
    } else if (button && button.dataset.copy) {
      copy(button);
    } else if (button && button.dataset.set) {  // a step of a story: "step=3"
      for (const [key, value] of new URLSearchParams(button.dataset.set)) control(key).value = value;
      follow = true;
      send();
    } else if (button && button.dataset.term) {
      explain(button);
    } else if (button && pressed[button.id]) {
      pressed[button.id]();
    }
  });

  // What a term means, beside where it stands; the words are the glossary's. Escape or a click elsewhere closes it.
  let note = null, asked = null;
  function explain(button) {
    const open = asked === button;
    forget();
    if (open) return;
    const entry = document.getElementById(`term-${button.dataset.term}`);
    note = document.createElement("span");
    note.id = "term-note";
    note.popover = "manual";
    note.setAttribute("role", "note");
    const term = document.createElement("strong"), link = document.createElement("a");
    term.textContent = entry.querySelector("dt").textContent;
    link.href = "?view=glossary";
    link.dataset.view = "glossary";
    link.textContent = "All terms";
    note.append(term, `: ${entry.querySelector(".meaning").textContent} `, link);
    button.after(note);
    note.showPopover();
    const at = button.getBoundingClientRect(), room = document.documentElement.clientWidth - note.offsetWidth - 8;
    const above = at.bottom + note.offsetHeight + 12 > innerHeight && at.top > note.offsetHeight + 12;
    note.style.left = `${scrollX + Math.max(8, Math.min(at.left, room))}px`;
    note.style.top = `${scrollY + (above ? at.top - note.offsetHeight - 6 : at.bottom + 6)}px`;
    button.setAttribute("aria-expanded", "true");
    button.setAttribute("aria-describedby", note.id);
    asked = button;
  }

  function forget() {
    if (!note) return;
    note.remove();
    asked.setAttribute("aria-expanded", "false");
    asked.removeAttribute("aria-describedby");
    note = asked = null;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !note) return;
    if (note.contains(document.activeElement)) asked.focus();
    forget();
  });

  function copy(button) {
    const text = document.getElementById(button.dataset.copy).textContent;
    navigator.clipboard.writeText(text).then(
      () => { button.textContent = "Copied"; },
      () => { getSelection().selectAllChildren(document.getElementById(button.dataset.copy)); },
    );
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  }

  function settled() {  // all that was asked for is on the page
    busy = false;
    document.body.dataset.state = answered && !again ? "idle" : "busy";
    const step = follow && document.getElementById("step-now");
    if (step) { step.focus(); follow = false; }
    if (again) { again = false; send(); }
    measure();
  }
  $(document).on("shiny:disconnected", () => {
    stop();
    document.body.dataset.state = "gone";
    document.getElementById("gone").hidden = false;
  });
  $(document).on("shiny:sessioninitialized", () => {
    form.dataset.ready = "1";
    show(control("view").value);
    send();
    new ResizeObserver(() => { measure(); }).observe(document.getElementById("main"));
    Shiny.addCustomMessageHandler("settled", (_) => { settled(); });
    Shiny.addCustomMessageHandler("state", (message) => {
      const opened = !answered;  // the first answer is to the page as it came, and that says what its address lacked
      answered = true;
      set(message.set || {});
      form.dataset.levers = message.levers;
      if (!again) history.replaceState(null, "", `?${message.query}`);  // else it is of a view that was left meanwhile
      for (const link of document.querySelectorAll("a[data-export]")) {
        link.href = `${link.getAttribute("href").split("?")[0]}?${message.query}`;
      }
      for (const [key, text] of Object.entries(message.copies || {})) {
        document.getElementById(`copy-${key}`).textContent = text;
      }
      document.getElementById("copy-link").textContent = location.href;
      if (!opened || message.notes.length) document.getElementById("notes").replaceChildren(...message.notes.map((note) => {
        const line = document.createElement("p");
        line.textContent = note;
        return line;
      }));
    });
  });
  // Back and forward open another state; the skip link's jump within the page does not.
  window.addEventListener("popstate", () => { if (!location.hash) location.reload(); });
})();
