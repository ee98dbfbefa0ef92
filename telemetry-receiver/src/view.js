const own = document.createElement("p");
own.className = "soft";
const live = document.createElement("input");
live.type = "checkbox";
live.checked = true;
const label = document.createElement("label");
const said = document.createElement("span");
label.append(live, " Keep up to date ");
own.append(label, said);
document.querySelector("header").append(own);
// What is being read is left alone.
const isRead = (section) => {
  const selection = getSelection();
  return section.contains(document.activeElement) || (!selection.isCollapsed && selection.containsNode(section, true));
};
const update = async () => {
  const answer = await fetch(location.href, { cache: "no-store" });
  if (!answer.ok) throw new Error(answer.status);
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const section of next.querySelectorAll("main > section")) {
    const there = document.getElementById(section.id);
    if (!there || isRead(there)) continue;
    for (const open of there.querySelectorAll("details[open]")) {
      const same = open.id && section.querySelector("#" + CSS.escape(open.id));
      if (same) same.open = true;
    }
    if (there.outerHTML !== section.outerHTML) there.replaceWith(section);
  }
};
const turn = async () => {
  const began = performance.now();
  if (live.checked && !document.hidden) {
    try {
      await update();
      said.textContent = "(as of " + new Date().toLocaleTimeString() + ")";
    } catch {
      said.textContent = "(the receiver does not answer)";
    }
  }
  // A store that takes long to be read is read less often.
  setTimeout(turn, Math.max(2000, 20 * (performance.now() - began)));
};
setTimeout(turn, 2000);
