// Draws LINE's Flex messages: https://developers.line.biz/en/docs/messaging-api/flex-message-elements/

const TEXT = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const SPACE = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const IMAGE = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220, full: null };
const BUBBLE = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 340 };
const SIDES = { start: "start", center: "center", end: "end" };
const BLOCKS = ["header", "hero", "body", "footer"];

/** One LINE message object as an element. */
export function draw(message) {
  if (message.type === "text") return element("p", "bubble", message.text);
  if (message.type === "image") return linked(picture(message.originalContentUrl, 240), message.originalContentUrl);
  if (message.type !== "flex") return element("p", "bubble", message.altText ?? `[${message.type}]`);
  const row = element("div", "flex");
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", message.altText);
  const bubbles = message.contents.type === "carousel" ? message.contents.contents : [message.contents];
  row.append(...bubbles.map(bubble));
  return row;
}

/** An element with a class and text; the text is never read as HTML. */
export function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined && text !== null) made.textContent = text;
  return made;
}

function bubble(content) {
  const made = element("article", "flex-bubble");
  made.style.width = `${BUBBLE[content.size ?? "mega"]}px`;
  for (const name of BLOCKS) {
    if (!content[name]) continue;
    const block = element("div", name === "hero" ? "hero" : `block ${name}`);
    const style = content.styles?.[name] ?? {};
    if (style.backgroundColor) block.style.backgroundColor = style.backgroundColor;
    block.append(component(content[name]));
    made.append(block);
  }
  return made;
}

function component(part) {
  const made = (DRAW[part.type] ?? unknown)(part);
  if (part.margin) made.style.marginBlockStart = space(part.margin);
  if (part.flex !== undefined) made.style.flex = part.flex === 0 ? "none" : `${part.flex} 1 0`;
  return linked(made, part.type === "button" ? undefined : part.action?.uri, part.action?.label);
}

const DRAW = { box, text, image, button, separator, filler, spacer: filler, icon };

function box(part) {
  const made = element("div", `flex-box ${part.layout}`);
  if (part.spacing) made.style.gap = space(part.spacing);
  if (part.paddingAll) made.style.padding = space(part.paddingAll);
  if (part.backgroundColor) made.style.backgroundColor = part.backgroundColor;
  if (part.cornerRadius) made.style.borderRadius = space(part.cornerRadius);
  made.append(...part.contents.map(component));
  if (part.layout !== "vertical") {
    for (const [place, child] of [...made.children].entries()) {
      if (part.contents[place].flex === undefined) child.style.flex = "1 1 0";
    }
  }
  return made;
}

function text(part) {
  const made = element("p", part.wrap ? "flex-text wrap" : "flex-text", part.contents ? undefined : part.text);
  styled(made, part);
  if (part.align) made.style.textAlign = SIDES[part.align];
  for (const span of part.contents ?? []) made.append(styled(element("span", "", span.text), span));
  return made;
}

function styled(made, part) {
  if (part.size) made.style.fontSize = TEXT[part.size] ? `${TEXT[part.size]}px` : part.size;
  if (part.weight) made.style.fontWeight = part.weight === "bold" ? "700" : "400";
  if (part.color) made.style.color = part.color;
  if (part.style === "italic") made.style.fontStyle = "italic";
  if (part.decoration && part.decoration !== "none") made.style.textDecoration = part.decoration;
  return made;
}

function image(part) {
  const width = part.size in IMAGE ? IMAGE[part.size] : part.size ? null : IMAGE.md;
  const made = picture(part.url, width);
  made.style.aspectRatio = (part.aspectRatio ?? "1:1").replace(":", "/");
  made.firstChild.style.objectFit = part.aspectMode === "cover" ? "cover" : "contain";
  if (part.backgroundColor) made.style.backgroundColor = part.backgroundColor;
  made.style.alignSelf = SIDES[part.align ?? "center"];
  return made;
}

function picture(address, width) {
  const made = element("div", "flex-image");
  const img = element("img");
  img.src = safe(address) ?? "";
  img.alt = "";
  if (width) made.style.width = `${width}px`;
  made.append(img);
  return made;
}

function button(part) {
  const made = element("a", `flex-button ${part.style ?? "link"}`, part.action.label);
  open(made, part.action.uri);
  if (part.color && part.style) made.style.backgroundColor = part.color;
  if (part.color && !part.style) made.style.color = part.color;
  return made;
}

function separator(part) {
  const made = element("hr", "flex-separator");
  if (part.color) made.style.borderColor = part.color;
  return made;
}

function filler() {
  return element("div", "flex-filler");
}

function icon(part) {
  return picture(part.url, TEXT[part.size ?? "md"]);
}

function unknown(part) {
  return element("p", "flex-text", `[${part.type}]`);
}

function linked(made, address, label) {
  if (!safe(address)) return made;
  const link = element("a");
  open(link, address);
  link.style.flex = made.style.flex;
  link.setAttribute("aria-label", label ?? address);
  link.append(made);
  return link;
}

function open(link, address) {
  if (!safe(address)) return;
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
}

function safe(address) {
  return /^(https?|tel|line):/i.test(address ?? "") ? address : undefined;
}

function space(size) {
  return size in SPACE ? `${SPACE[size]}px` : size;
}
