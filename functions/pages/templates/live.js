
// A QR is good for 30 seconds. After 15 a new one is fetched; without one it goes before a till would refuse it.
(() => {
  const RENEW = 15000, HIDE = 25000, AGAIN = 2000, GIVE_UP = 8000;
  const qr = document.getElementById("qr"), lost = document.getElementById("lost");
  // Since before the server drew it: a page that took long to arrive is no younger for it.
  let drawn = performance.timeOrigin, asked = 0, failed = false, waiting = false;

  const fetched = async () => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), GIVE_UP);
    try {
      const answer = await fetch(qr.dataset.from, { cache: "no-store", signal: stop.signal });
      if (!answer.ok) throw new Error(answer.status);
      return await answer.text();
    } finally {
      clearTimeout(timer);
    }
  };

  const renew = async () => {
    asked = Date.now();
    waiting = true;
    const since = asked;
    try {
      qr.innerHTML = await fetched();
      drawn = since;
      failed = false;
    } catch {
      failed = true;
    }
    waiting = false;
    show();
  };

  // Either way: a phone's clock may be set back.
  const age = (since) => Math.abs(Date.now() - since);

  const show = () => {
    const dead = age(drawn) >= HIDE;
    qr.classList.toggle("dead", dead);
    qr.setAttribute("aria-hidden", dead);
    lost.hidden = !(dead && failed);
  };

  const look = () => {
    if (document.hidden) return;
    show();
    if (!waiting && age(drawn) >= RENEW && age(asked) >= AGAIN) renew();
  };

  setInterval(look, 1000);
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", look);
  addEventListener("online", look);
})();
