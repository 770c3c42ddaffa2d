// SPDX-License-Identifier: MIT
// Looks at the demo's page in headless Chromium, through its debugging pipe: node look.mjs <chromium> <page> <folder>
//
// - In no window is anything wider than the window or than its own box, in light and in dark; every text has contrast.
// - The page has no script, asks for nothing from elsewhere, and every table has a caption and headings.
// - Controls: a page that is too wide, cut off, pale, scripted or loads something is found.
//
// The screenshots are left in the folder. Exit code 77: there is no chromium.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [program, page, folder] = process.argv.slice(2);
if (!existsSync(program)) {
  console.log('skipped: needs chromium');
  process.exit(77);
}

// --- The browser. ---

const profile = mkdtempSync(join(resolve(folder), 'chromium-'));
const chromium = spawn(
  program,
  ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync',
   '--disable-component-update', '--disable-extensions', '--hide-scrollbars', '--host-resolver-rules=MAP * ~NOTFOUND',
   `--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank'],
  { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
const ended = new Promise((done) => chromium.on('exit', done));
let complaints = '';
chromium.stderr.on('data', (bytes) => { complaints += bytes; });
chromium.stdio[3].on('error', () => {});  // it ended: whoever waits for an answer is told below

const waiting = new Map();  // what to do with an answer, by its id; with an event, by its name
let shown = '';             // the page's address
let asked = [];             // the addresses that it asked for
let received = '';
chromium.stdio[4].setEncoding('utf8').on('data', (text) => {
  const messages = (received + text).split('\0');
  received = messages.pop();
  for (const message of messages.map((each) => JSON.parse(each))) {
    if (message.method === 'Network.requestWillBeSent') asked.push(message.params.request.url);
    const key = message.id ?? message.method;
    waiting.get(key)?.(message);
    waiting.delete(key);
  }
});

let session;
let last = 0;
async function tell(method, params = {}) {
  const id = ++last;
  const answer = new Promise((done) => waiting.set(id, done));
  chromium.stdio[3].write(JSON.stringify({ id, method, params, sessionId: session }) + '\0');
  const { result, error } = await answer;
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

async function open(address) {
  shown = address;
  asked = [];
  const loaded = new Promise((done) => waiting.set('Page.loadEventFired', done));
  const { errorText } = await tell('Page.navigate', { url: address });
  if (errorText) throw new Error(`${address}: ${errorText}`);
  await loaded;
}

// --- What is looked for; this runs in the page. ---

function look(width, dark) {
  const faults = [];
  const name = (element) => {
    const text = element.textContent.trim().replace(/\s+/g, ' ').slice(0, 40);
    return `<${element.localName}${element.className ? ` class="${element.className}"` : ''}> "${text}"`;
  };
  const fault = (what, element) => faults.push(element ? `${what}: ${name(element)}` : what);

  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (channels(color)[3] !== 0) return luminance(color);
    }
    return 1;
  };
  // For those who listen alone.
  const clipped = (element) => element && (getComputedStyle(element).clipPath !== 'none' || clipped(element.parentElement));
  const is_dark = ground(document.body) < 0.2;
  if (document.querySelectorAll('section').length < 6) fault('there are sections missing');
  if (innerWidth !== width) fault(`the window is ${innerWidth} wide`);
  if (is_dark !== dark) fault(`the page is ${is_dark ? 'dark' : 'light'}`);

  const root = document.scrollingElement;
  if (root.scrollWidth > innerWidth) fault(`the page is ${root.scrollWidth} wide, the window ${innerWidth}`);
  for (const element of document.body.querySelectorAll('*')) {
    if (!element.checkVisibility() || clipped(element)) continue;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const piece = element.matches('.bar > i');  // a bar cuts what is too long for it, and fades
    if (!piece && box.width > 0 && (box.left < -0.5 || box.right > innerWidth + 0.5)) fault('outside the window', element);
    if (element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1 && style.textOverflow !== 'ellipsis' &&
        !element.matches('.bar'))
      fault(style.overflowX === 'visible' ? 'wider than its box' : 'cut off', element);
    const text = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (text && contrast(luminance(style.color), ground(element)) < 4.5) fault('too pale', element);
    if (piece && box.width >= 1 && contrast(ground(element), ground(element.parentElement)) < 3)
      fault('a bar too pale', element);
  }

  for (const element of document.querySelectorAll('script, img, iframe, object, embed, link, form, base'))
    fault('has no place here', element);
  for (const element of document.querySelectorAll('*'))
    for (const { name: key } of element.attributes)
      if (key.startsWith('on') || key === 'src' || key === 'srcdoc') fault(`has ${key}`, element);
  for (const element of document.querySelectorAll('a'))
    if (!document.querySelector(element.getAttribute('href'))) fault('leads nowhere', element);
  for (const table of document.querySelectorAll('table'))
    if (!table.caption?.textContent || !table.querySelector('thead th[scope=col]') || !table.querySelector('tbody th[scope=row]'))
      fault('a table without a caption or headings', table);
  return [...new Set(faults)];
}

async function faults(width, dark) {
  const { result, exceptionDetails } =
    await tell('Runtime.evaluate', { expression: `(${look})(${width}, ${dark})`, returnByValue: true });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  const elsewhere = asked.filter((address) => address !== shown).map((address) => `asks for ${address.slice(0, 80)}`);
  return [...result.value, ...elsewhere];
}

async function window(width, dark) {
  await tell('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false });
  await tell('Emulation.setEmulatedMedia',
             { features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] });
}

// --- The page, and what must be found. ---

const found = [];

async function see_page() {
  await open(pathToFileURL(resolve(page)).href);
  for (const dark of [false, true]) {
    for (const width of [320, 360, 768, 1280, 1920]) {
      await window(width, dark);
      const scheme = dark ? 'dark' : 'light';
      for (const fault of await faults(width, dark)) found.push(`${width} pixels, ${scheme}: ${fault}`);
      if (width !== 360 && width !== 1280) continue;
      const { data } = await tell('Page.captureScreenshot', { format: 'png' });
      writeFileSync(join(folder, `demo_${width}_${scheme}.png`), Buffer.from(data, 'base64'));
    }
  }
}

const controls = [
  ['the page is ', '<p style="width: 2000px">wide</p>'],
  ['outside the window: ', '<p style="position: fixed; left: -40px">outside</p>'],
  ['cut off: ', '<p style="width: 30px; overflow: hidden; white-space: nowrap">cut off</p>'],
  ['wider than its box: ', '<p style="width: 30px; white-space: nowrap">wider than its box</p>'],
  ['too pale: ', '<p style="color: #999; background: #fff">pale</p>'],
  ['has no place here: <script', '<script>0</script>'],
  ['has onclick: ', '<p onclick="0">clicked</p>'],
  ['asks for http:', '<img src="http://elsewhere.example/" alt="">'],
  ['leads nowhere: ', '<a href="#nowhere">nowhere</a>'],
  ['a table without ', '<table><tr><td>1</td></tr></table>'],
];

// Each in a copy of the page, without its policy, which would keep them out.
async function see_controls() {
  const text = readFileSync(page, 'utf8').replace(/<meta http-equiv[^>]*>/, '');
  const copy = join(profile, 'control.html');
  await window(360, false);
  for (const [fault, html] of controls) {
    writeFileSync(copy, text.replace('<main>', `<main>${html}`));
    await open(pathToFileURL(copy).href);
    if (!(await faults(360, false)).some((each) => each.startsWith(fault))) found.push(`a control was not found: ${html}`);
  }
}

const failed = await Promise.race([
  (async () => {
    const { targetId } = await tell('Target.createTarget', { url: 'about:blank' });
    ({ sessionId: session } = await tell('Target.attachToTarget', { targetId, flatten: true }));
    for (const domain of ['Page', 'Network', 'Runtime']) await tell(`${domain}.enable`);
    await see_page();
    await see_controls();
  })().then(() => undefined, (error) => error),
  ended.then((code) => new Error(`chromium ended with ${code}`)),
  new Promise((done) => setTimeout(done, 50_000, new Error('chromium did not answer in time')).unref()),
]);
chromium.kill('SIGKILL');
await ended;
rmSync(profile, { recursive: true, force: true, maxRetries: 5 });

if (failed) found.push(`${failed.stack ?? failed}\n${complaints}`);
for (const fault of found) console.log(fault);
if (!found.length) console.log(`5 windows, light and dark: nothing overflows; ${controls.length} controls were found`);
process.exit(found.length ? 1 : 0);
