// audit.mjs CORSIM wrong|fine: `corsim audit` against every configuration of configurations.mjs.
//
// Of a wrong one the intended finding must come first; a right one must have none above a note. Of every audit:
// no more than 150 messages, less than two seconds, an exchange and a case for each finding, and all those cases
// must pass in `corsim run`.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fine, wrong } from './configurations.mjs';
import { listen } from './server.mjs';

const [corsim, which] = process.argv.slice(2);
const configurations = { wrong, fine }[which];
const MOST = 150, SECONDS = Number(process.env.CORSIM_AUDIT_SECONDS ?? 2), AT_ONCE = 2;
const folder = mkdtempSync(join(tmpdir(), 'corsim-audit-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const { server, port } = await listen();
let failures = 0, slowest = 0, asked = 0;

const run = (...arguments_) => new Promise((done) => {
  execFile(corsim, arguments_, { timeout: 60000, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
    done({ status: error ? error.code ?? error.signal : 0, stdout, stderr }));
});

function complain(name, text) {
  console.log(`FAIL: ${name}: ${text}`);
  failures++;
}

// What must hold of every audit.
function check_limits(name, configuration, report) {
  slowest = Math.max(slowest, report.seconds);
  asked = Math.max(asked, report.sent);
  if (report.sent > MOST) complain(name, `${report.sent} messages`);
  if (!configuration.hunt && report.seconds >= SECONDS) complain(name, `${report.seconds} seconds`);
  if (report.unreachable) complain(name, 'it says that the server was not reached');
  for (const finding of report.findings) {
    if (finding.exchanges.length === 0) complain(name, `${finding.id} has no exchange`);
    if (!finding.case?.text) complain(name, `${finding.id} has no case`);
    if (!finding.fix) complain(name, `${finding.id} has no fix`);
  }
  for (const exchange of report.exchanges)
    if (!['GET', 'HEAD', 'OPTIONS'].includes(exchange.method)) complain(name, `${exchange.method} was sent`);
}

function check_words(name, configuration, report) {
  const [first] = report.findings;
  if (configuration.says && !first?.detail.includes(configuration.says)) complain(name, `it says "${first?.detail}", not "${configuration.says}"`);
  for (const id of configuration.never ?? [])
    if (report.findings.some((finding) => finding.id === id)) complain(name, `found ${id}`);
  for (const [key, value] of Object.entries(configuration.stranger ?? {}))
    if (report.stranger[key] !== value) complain(name, `${key} of a stranger is "${report.stranger[key]}", not "${value}"`);
}

function check_findings(name, configuration, report, status) {
  const serious = report.findings.filter((finding) => finding.severity !== 'note');
  const found = serious.map((finding) => `${finding.severity} ${finding.id}`).join(', ') || 'nothing';
  if (status !== (configuration.find ? 1 : configuration.ends ? 4 : 0)) complain(name, `exit status ${status}`);
  if (!configuration.find) {
    if (serious.length > 0) complain(name, `found ${found}: ${serious[0].detail}`);
    return;
  }
  if (serious[0]?.id !== configuration.find) complain(name, `found ${found}, not ${configuration.find} first`);
  if (configuration.severity && serious[0]?.severity !== configuration.severity) complain(name, `found ${found}, not ${configuration.severity}`);
  for (const id of configuration.also ?? [])
    if (!serious.some((finding) => finding.id === id)) complain(name, `found ${found}, and not ${id}`);
}

async function audit(name) {
  const configuration = configurations[name];
  const cases = join(folder, name);
  const { status, stdout, stderr } = await run('audit', `http://127.0.0.1:${port}/${name}/me`, ...configuration.flags,
    '--format', 'json', '--system', 'express', '--save', cases, ...(configuration.hunt ? ['--hunt-budget', String(configuration.hunt)] : ['--no-hunt']));
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    return complain(name, `exit status ${status}, no JSON: ${stdout}${stderr}`);
  }
  check_limits(name, configuration, report);
  check_findings(name, configuration, report, status);
  check_words(name, configuration, report);
  if (stderr && !configuration.ends) complain(name, `on standard error: ${stderr}`);
}

async function work(names) {
  for (let name; (name = names.shift()) !== undefined;) await audit(name);
}

const names = Object.keys(configurations);
const count = names.length;
await Promise.all(Array.from({ length: AT_ONCE }, () => work(names)));
const { status, stdout, stderr } = await run('run', folder);
if (status !== 0) complain('cases', `${stdout}${stderr}`);
const cases = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.case')).length;
server.close();
server.closeAllConnections();
console.log(`${count} configurations, ${cases} cases, at most ${asked} messages and ${slowest.toFixed(2)} s, ${failures} failures`);
process.exitCode = failures > 0 || count < (which === 'wrong' ? 20 : 10) ? 1 : 0;
