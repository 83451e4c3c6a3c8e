"use strict";

const INTERVAL = 2000;
const met = new Map(); // pid: how often it has answered this page

function show(id, text) {
  document.getElementById(id).textContent = text;
}

async function ask(path) {
  const began = performance.now();
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok) {
    throw new Error(path + " answered " + answer.status);
  }
  return { body: await answer.json(), took: performance.now() - began };
}

function count(pid) {
  met.set(pid, (met.get(pid) || 0) + 1);
}

function draw(current) {
  const list = document.getElementById("processes");
  list.replaceChildren(...[...met].map(([pid, times]) => {
    const item = document.createElement("li");
    item.className = pid === current ? "now" : "";
    const small = document.createElement("small");
    small.textContent = times === 1 ? " once" : " " + times + " times";
    item.append(String(pid), small);
    return item;
  }));
}

async function look() {
  try {
    const [who, time] = [await ask("/api/whoami"), await ask("/api/time")];
    const p = who.body;
    count(p.pid);
    show("pid", p.pid);
    for (const name of ["service", "engine", "slot", "generation", "client"]) {
      show(name, p[name]);
    }
    show("hand-off", p["hand-off-us"] + " µs");
    show("took", who.took.toFixed(1) + " ms");
    show("time", time.body.time.replace("T", " ").replace(/\.\d+Z/, " UTC"));
    show("note", "");
    draw(p.pid);
  } catch (e) {
    show("note", "No answer: " + e.message);
  }
}

async function askSix() {
  const button = document.getElementById("ask");
  button.disabled = true;
  try {
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask("/api/whoami")));
    answers.forEach(answer => count(answer.body.pid));
    draw(answers[0].body.pid);
    show("note", new Set(answers.map(answer => answer.body.pid)).size + " processes answered");
  } catch (e) {
    show("note", "No answer: " + e.message);
  } finally {
    button.disabled = false;
  }
}

document.getElementById("ask").addEventListener("click", askSix);
look();
setInterval(look, INTERVAL);
