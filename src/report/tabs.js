"use strict";
for (const box of document.querySelectorAll("[data-tabs]")) {
  const panels = [...box.querySelectorAll(":scope > .panel")];
  const bar = document.createElement("div");
  bar.className = "tabs";
  bar.setAttribute("role", "tablist");
  const show = (chosen) => panels.forEach((panel, index) => {
    panel.hidden = index !== chosen;
    bar.children[index].setAttribute("aria-selected", String(index === chosen));
  });
  panels.forEach((panel, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("role", "tab");
    button.textContent = panel.querySelector("h4").textContent;
    button.addEventListener("click", () => show(index));
    bar.append(button);
  });
  box.classList.add("tabbed");
  box.prepend(bar);
  show(0);
}
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((it) => { it.open = true; }));
