import { draw, element } from "/flex.js";

const EVERY = 1500;
const WORDS = {
  "zh-Hant": {
    title: "顧客的手機", lead: "LINE、電子郵件與簡訊都會送到這裡，就像顧客收到的一樣。", people: "顧客", all: "全部顧客",
    condition: "LINE 目前的狀況", hint: "模擬 LINE 出狀況時，訊息如何重試或改走其他管道。", language: "English",
    gone: "本機環境已停止，執行 make run 即可再次啟動。", empty: "還沒有訊息。成立一筆訂單，票券就會送到這裡。",
    count: (n) => `${n} 則訊息`, email: "電子郵件", sms: "簡訊", line: "LINE", voucher: "票券", api: "API 說明",
    modes: { ok: "正常", down: "完全中斷（500）", rate_limited: "請求過多（429）", monthly_limit: "本月則數用完（429）", slow: "回應很慢", accept_then_500: "已送達卻回報失敗" },
  },
  en: {
    title: "The customers’ phone", lead: "LINE, email and text messages arrive here as customers get them.", people: "Customers", all: "Everybody",
    condition: "How LINE behaves", hint: "Plant trouble and watch messages be retried, or take another channel.", language: "中文",
    gone: "The local stack has stopped. Start it again with make run.", empty: "Nothing here yet. Place an order, and its voucher will arrive.",
    count: (n) => (n === 1 ? "1 message" : `${n} messages`), email: "Email", sms: "Text message", line: "LINE", voucher: "voucher", api: "API description",
    modes: { ok: "All is well", down: "Down (500)", rate_limited: "Too many requests (429)", monthly_limit: "Monthly limit reached (429)", slow: "Slow to answer", accept_then_500: "Delivers, then says it failed" },
  },
};
const ICONS = { line: "L", email: "@", sms: "✉" };
const $ = (id) => document.getElementById(id);
const view = { language: localStorage.getItem("language") ?? (navigator.language.startsWith("zh") ? "zh-Hant" : "en"), person: "", messages: [], state: null, shown: "" };

function words() {
  return WORDS[view.language];
}

async function refresh() {
  try {
    const [messages, state] = await Promise.all(["/messages", "/state"].map(async (path) => (await fetch(path)).json()));
    Object.assign(view, { messages, state });
    $("gone").hidden = true;
    render();
  } catch {
    $("gone").hidden = false;
  }
}

function render() {
  // Nothing is drawn anew while nothing changed: pictures would flicker and the reader's place be lost.
  const now = JSON.stringify([view.language, view.person, view.messages, view.state]);
  if (now === view.shown) return;
  view.shown = now;
  document.documentElement.lang = view.language;
  for (const part of document.querySelectorAll("[data-say]")) part.textContent = words()[part.dataset.say];
  $("language").textContent = words().language;
  renderPeople();
  renderCondition();
  renderLinks();
  renderMessages();
}

function renderPeople() {
  const everybody = { customer_id: "", name: words().all };
  $("people").replaceChildren(...[everybody, ...view.state.people].map(personButton));
}

function personButton(person) {
  const button = element("button");
  button.type = "button";
  button.setAttribute("aria-pressed", String(view.person === person.customer_id));
  const reach = ["line_user_id", "email", "phone"].filter((kind) => person[kind]).map((kind) => (kind === "line_user_id" ? "LINE" : person[kind]));
  const face = element("span", "face", person.customer_id ? initial(person.name) : "∗");
  face.setAttribute("aria-hidden", "true");
  button.append(face, element("span", "name", person.name), element("span", "reach", reach.join(" · ")), element("span", "number", belonging(person.customer_id).length));
  button.addEventListener("click", () => {
    view.person = person.customer_id;
    render();
  });
  const item = element("li");
  item.append(button);
  return item;
}

function renderCondition() {
  const select = $("condition");
  select.replaceChildren(...view.state.modes.map((mode) => new Option(words().modes[mode] ?? mode, mode)));
  select.value = view.state.line;
}

function renderLinks() {
  const named = Object.entries(view.state.links).filter(([name]) => words()[name]);
  $("links").replaceChildren(...named.map(([name, address]) => {
    const link = element("a", "", words()[name]);
    link.href = address;
    return link;
  }));
}

function renderMessages() {
  const list = $("messages");
  const chosen = belonging(view.person);
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const grew = chosen.length !== list.querySelectorAll(".message").length;
  $("who").textContent = view.state.people.find((person) => person.customer_id === view.person)?.name ?? words().all;
  $("count").textContent = words().count(chosen.length);
  list.replaceChildren(...(chosen.length ? chosen.flatMap(withDay) : [element("li", "empty", words().empty)]));
  if (atEnd || grew) requestAnimationFrame(() => list.scrollTo({ top: list.scrollHeight }));
}

function withDay(message, place, all) {
  const day = dayOf(message);
  const shown = messageItem(message);
  return place && dayOf(all[place - 1]) === day ? [shown] : [element("li", "day", day), shown];
}

function messageItem(message) {
  const item = element("li", `message ${message.channel}`);
  const from = element("p", "from");
  from.append(element("span", "channel", words()[message.channel]), element("span", "", nameOf(message)));
  const face = element("span", "face", ICONS[message.channel]);
  face.setAttribute("aria-hidden", "true");
  const parts = element("div", "parts");
  parts.append(...PARTS[message.channel](message.body));
  const time = new Date(message.received_at).toLocaleTimeString(view.language, { hour: "2-digit", minute: "2-digit", hour12: false });
  const voucher = message.voucher_id ? ` · ${words().voucher} ${message.voucher_id.slice(0, 8)}` : "";
  item.append(face, from, parts, element("p", "foot", time + voucher));
  return item;
}

const PARTS = {
  line: (body) => body.messages.map(draw),
  sms: (body) => [element("p", "bubble", body.text)],
  email: (body) => [mail(body)],
};

function mail(body) {
  const card = element("article", "mail");
  const head = element("header");
  head.append(element("strong", "", body.subject), body.from ?? "");
  card.append(head, body.html ? mailFrame(body) : element("pre", "", body.text));
  return card;
}

function mailFrame(body) {
  const frame = element("iframe");
  frame.title = body.subject;
  // No scripts. The same origin lets this page measure how tall the mail is, and nothing else runs in there.
  frame.sandbox = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";
  frame.addEventListener("load", () => {
    const base = frame.contentDocument.createElement("base");
    base.target = "_blank";
    const page = frame.contentDocument.documentElement;
    frame.contentDocument.head.append(base);
    // As mail apps do: a mail that is wider than the screen is made smaller.
    page.style.zoom = Math.min(1, page.clientWidth / page.scrollWidth);
    const list = $("messages");
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
    frame.style.height = `${page.scrollHeight}px`;
    if (atEnd) list.scrollTo({ top: list.scrollHeight });
  });
  frame.srcdoc = withPictures(body.html, `${body.html} ${body.text}`);
  return frame;
}

function withPictures(html, everything) {
  // The local mail service keeps no attachments: a picture inside the mail is fetched from the voucher's page instead.
  const page = /https?:\/\/[^\s"'<>]+\/v\/(?:[A-Za-z2-7]{152}|[A-Za-z2-7]{136})/.exec(everything)?.[0];
  return page ? html.replace(/cid:[^"'\s>]+/g, `${page}/qr.png`) : html;
}

function belonging(customerId) {
  const person = view.state.people.find((one) => one.customer_id === customerId);
  return person ? view.messages.filter((message) => isOf(message, person)) : view.messages;
}

function isOf(message, person) {
  return [person.line_user_id, person.email, person.phone].includes(message.to);
}

function nameOf(message) {
  return view.state.people.find((person) => isOf(message, person))?.name ?? message.to;
}

function initial(name) {
  return /^[\x20-\x7e]/.test(name) ? name[0] : name.slice(-1);
}

function dayOf(message) {
  return new Date(message.received_at).toLocaleDateString(view.language, { month: "long", day: "numeric", weekday: "short" });
}

function tick() {
  $("clock").textContent = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

$("language").addEventListener("click", () => {
  view.language = view.language === "en" ? "zh-Hant" : "en";
  localStorage.setItem("language", view.language);
  render();
});
$("condition").addEventListener("change", async (event) => {
  await fetch("/control", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ line: event.target.value }) });
  await refresh();
});
setInterval(() => document.hidden || refresh(), EVERY);
setInterval(tick, 10_000);
tick();
refresh();
