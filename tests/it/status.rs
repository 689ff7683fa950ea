//! `termgate status`: the live gateway with the real Consul and Envoy; once, as a live view, in lines, and as a page.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::{Context, Result, anyhow, ensure};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::refused::Gated;
use crate::support::command::Termgate;
use crate::support::consul::{Consul, free_address};
use crate::support::gateway::Gateway;
use crate::support::origin::Origin;
use crate::support::process::{Process, children_of, send};
use crate::support::server::lock;
use crate::support::steady::Steady;
use crate::support::tools::{self, Tool, variable};
use crate::support::wait;
use crate::world::{World, answered_by, verified};

/// `termgate status` of a running gateway, with these arguments.
fn command(world: &World, gateway: &Gateway, arguments: &[&str]) -> Result<Termgate> {
    let temporary = gateway.temporary_folder();
    Ok(Termgate::new(["status", "--service", &world.gateway])?
        .args(arguments)
        .consul(world.consul)
        // Where the gateway has its run directory.
        .env("XDG_RUNTIME_DIR", temporary)
        .env("TERMGATE_ADMIN_BIND", gateway.admin.address.to_string())
        .env("TERMGATE_ENVOY_BINARY", Tool::Envoy.path()?))
}

fn row<'a>(status: &'a Value, name: &str) -> Result<&'a Value> {
    let mut rows = status["services"].as_array().into_iter().flatten();
    rows.find(|row| row["name"] == name).with_context(|| format!("no row `{name}` in {status:#}"))
}

/// A service whose only instance has a critical check.
fn sick(world: &mut World, origin: &Origin) -> Result<String> {
    let service = world.allowed("sick", origin)?;
    let at = origin.address();
    let registration = json!({
        "Node": "outside-the-mesh", "Address": "127.0.0.1", "NodeMeta": {"external-node": "true"},
        "Service": {"ID": service, "Service": service, "Address": at.ip(), "Port": at.port()},
        "Check": {"CheckID": service, "Name": "up", "ServiceID": service, "Status": "critical"},
    });
    world.consul.put("/v1/catalog/register", &registration)?;
    Ok(service)
}

#[test]
fn a_running_gateway_shows_what_is_served_closed_and_failing() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let origin = Origin::plain("one")?;
    let http = world.allowed("http", &origin)?;
    world.consul.set_protocol(&http, "http")?;
    let ca = world.file("ca.pem", &world.authority.certificate)?;
    let encrypted = world.tls_origin("two")?;
    let tls = world.allowed_with("tls", encrypted.address(), verified(&ca))?;
    // Its server has another authority.
    let distrusted = world.allowed_with("distrusted", encrypted.address(), json!({}))?;
    let other = crate::support::pki::Authority::new("Another CA")?;
    let wrong = world.file("wrong.pem", &other.certificate)?;
    world.links.insert(distrusted.clone(), verified(&wrong));
    let dead = world.allowed_with("dead", free_address()?, json!({}))?;
    world.consul.set_protocol(&dead, "http")?;
    let sick = sick(&mut world, &origin)?;
    let empty = world.consul.unique("empty");
    world.links.insert(empty.clone(), json!({}));
    let mut gateway = world.start()?;
    let (frontend, stranger) = (world.frontend()?, world.stranger()?);
    answered_by(&mut gateway, &frontend, &http, "one")?;
    answered_by(&mut gateway, &frontend, &tls, "two")?;
    let at = gateway.address;
    for _ in 0..3 {
        drop(frontend.get(at, &dead, "/"));
        drop(frontend.get(at, &distrusted, "/"));
        drop(stranger.get(at, &tls, "/"));
        drop(stranger.get(at, &http, "/"));
    }
    let client = Steady::start(frontend, at, &http);
    let temporary = gateway.temporary_folder();
    ensure!(temporary.exists(), "{}", temporary.display());
    let view = command(&world, &gateway, &["--output", "json"])?;
    let found = gateway.eventually("every service to be as it should", || {
        let found = view.succeeds()?.json()?;
        for (name, state, code) in [
            (&http, "served", None),
            (&tls, "served", None),
            (&distrusted, "served", None),
            (&dead, "served", None),
            (&sick, "served", Some("no-healthy-instance")),
            (&empty, "closed", Some("no-instance")),
        ] {
            let row = row(&found, name)?;
            ensure!(row["state"] == state && row["code"] == json!(code), "{name}: {row:#}");
        }
        Ok(found)
    })?;
    let of = |name: &str| row(&found, name).cloned();
    let (http, tls) = (of(&http)?, of(&tls)?);
    ensure!(http["requests_per_second"].as_f64().unwrap_or_default() > 1.0, "{http:#}");
    ensure!(http["requests_total"].as_u64().unwrap_or_default() > 10, "{http:#}");
    ensure!(http["failures"]["denied"].as_u64().unwrap_or_default() > 0, "{http:#}");
    // Leaves of Consul are valid for three days.
    ensure!(http["certificate_days_left"] == 2 && http["certificate"] == "mesh", "{http:#}");
    ensure!(http["instances"] == json!({"total": 1, "healthy": 1}), "{http:#}");
    ensure!(tls["tls"] == "one-way" && tls["protocol"] == "tcp", "{tls:#}");
    ensure!(tls["last_change"].is_string() || http["last_change"].is_string(), "{found:#}");
    let failures = |name: &str, cause: &str| -> Result<u64> {
        Ok(of(name)?["failures"][cause].as_u64().unwrap_or_default())
    };
    ensure!(failures(&dead, "connect")? > 0, "{found:#}");
    ensure!(failures(&distrusted, "tls-certificate")? > 0, "{found:#}");
    ensure!(of(&sick)?["instances"]["healthy"] == 0, "{found:#}");
    let about = &found["gateway"];
    ensure!(about["state"] == "live" && about["configured_by"] == "termgate", "{about:#}");
    ensure!(about["denied"]["identity"].as_u64().unwrap_or_default() > 0, "{about:#}");
    ensure!(about["instances"][0]["id"] == json!(world.gateway), "{about:#}");
    ensure!(found["last_change"].is_string(), "{found:#}");
    client.end()?;

    // For people, the same.
    let text = command(&world, &gateway, &["--interval", "0s"])?.env("COLUMNS", "120").succeeds()?.stdout;
    for wanted in
        ["6 linked services: 5 served, 1 closed", "tls-certificate", "is live, configured by termgate"]
    {
        ensure!(text.contains(wanted), "{wanted}: {text}");
    }
    Ok(())
}

#[test]
fn without_envoy_the_status_is_what_consul_leads_to() -> Result<()> {
    needs!(Consul);
    let origin = Origin::plain("one")?;
    let (world, service) = World::with_one(&origin)?;
    world.consul.register_gateway(&world.gateway, free_address()?.port())?;
    let view = |arguments: &[&str]| -> Result<Termgate> {
        Ok(Termgate::new(["status", "--service", &world.gateway])?.args(arguments))
    };
    let admin = free_address()?.to_string();
    let found =
        view(&["--output", "json", "--admin-bind", &admin])?.consul(world.consul).succeeds()?.json()?;
    ensure!(found["gateway"]["state"] == "unknown" && found["gateway"]["reason"].is_string(), "{found:#}");
    let one = row(&found, &service)?;
    ensure!(one["state"] == "served" && one["seen"] == false, "{found:#}");
    ensure!(one["requests_total"].is_null() && one["instances"]["total"] == 1, "{found:#}");
    // The same from a file.
    let snapshot =
        Termgate::new(["snapshot", "--service", &world.gateway])?.consul(world.consul).succeeds()?;
    let offline = view(&["--output", "json", "--snapshot", "gw.json"])?.file("gw.json", snapshot.stdout)?;
    let offline = offline.succeeds()?.json()?;
    ensure!(row(&offline, &service)?["state"] == "served", "{offline:#}");
    Ok(())
}

#[test]
fn a_bundle_shows_what_envoy_had() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, service) = World::with_one(&origin)?;
    let mut gateway = world.start()?;
    answered_by(&mut gateway, &world.frontend()?, &service, "one")?;
    let bundle = world.path("bundle.json");
    Termgate::new(["doctor", "--service", &world.gateway, "--bundle", &bundle, "--output", "short"])?
        .consul(world.consul)
        .env("XDG_RUNTIME_DIR", gateway.temporary_folder())
        .env("TERMGATE_ADMIN_BIND", gateway.admin.address.to_string())
        .run()?;
    let output = Termgate::new(["status", "--output", "json", "--snapshot", &bundle])?.succeeds()?;
    let found = output.json()?;
    let one = row(&found, &service)?;
    ensure!(found["gateway"]["state"] == "live", "{output}");
    ensure!(one["state"] == "served" && one["seen"] == true, "{output}");
    ensure!(one["requests_total"].is_number() && one["requests_per_second"].is_null(), "{output}");
    Ok(())
}

#[test]
fn an_agent_that_does_not_answer_is_an_error() -> Result<()> {
    let address = free_address()?.to_string();
    let output = Termgate::new(["status"])?.env("CONSUL_HTTP_ADDR", &address).exits(4)?;
    output.says(&["cannot read the linked services", &address])
}

#[test]
fn what_envoy_refused_is_shown_with_its_reason() -> Result<()> {
    needs!(Consul, Envoy);
    let mut gated = Gated::new()?;
    let origin = Origin::plain("one")?;
    let good = gated.service("good", &origin, "/.*")?;
    let bad = gated.service("bad", &origin, crate::refused::UNKNOWN_SCRIPT)?;
    let mut gateway = gated.start()?;
    answered_by(&mut gateway, &gated.frontend, &good, "one")?;
    let view = command(&gated.world, &gateway, &["--output", "json", "--interval", "0s"])?;
    gateway.eventually("the refusal to be shown", || {
        let found = view.succeeds()?.json()?;
        let (good, bad) = (row(&found, &good)?, row(&found, &bad)?);
        ensure!(good["state"] == "served", "{good:#}");
        ensure!(bad["state"] == "closed" && bad["code"] == "envoy-refused", "{bad:#}");
        let refused = &found["refused"][0];
        ensure!(refused["reason"].to_string().contains("Klingon"), "{found:#}");
        ensure!(refused["service"] == bad["name"], "{found:#}");
        Ok(())
    })
}

#[test]
fn without_a_terminal_each_change_is_a_line() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, service) = World::with_one(&origin)?;
    let mut gateway = world.start()?;
    answered_by(&mut gateway, &world.frontend()?, &service, "one")?;
    let view = command(&world, &gateway, &["--watch", "--interval", "200ms"])?;
    let mut watch = Process::spawn("termgate status --watch", &mut view.to_command()?)?;
    watch.says("1 linked service: 1 served")?;
    world.consul.deregister_external(&service)?;
    watch.says(&format!("{service} closed, 0 instances: it has no instance"))?;
    world.consul.register_external(&service, origin.address())?;
    watch.says(&format!("{service} served, 1 instances"))?;
    ensure!(!watch.output().contains('\u{1b}'), "{}", watch.output());
    ensure!(watch.terminate()?.code() == Some(143), "{}", watch.output());
    Ok(())
}

#[test]
fn for_scripts_each_change_is_a_document_on_a_line() -> Result<()> {
    let snapshot = json!({
        "Format": 1, "Datacenter": "dc1",
        "Gateway": {"Kind": "terminating-gateway", "ID": "gw", "Service": "gw"},
        "Links": [{"Service": {"Name": "billing"}}],
    });
    let view = Termgate::new(["status", "--snapshot", "gw.json", "--watch", "--output", "json"])?
        .args(["--interval", "200ms"])
        .file("gw.json", snapshot.to_string())?;
    let mut watch = Process::spawn("termgate status --watch", &mut view.to_command()?)?;
    watch.says("\"no-instance\"")?;
    watch.terminate()?;
    let output = watch.output();
    let lines: Vec<&str> = output.lines().filter(|line| line.starts_with('{')).collect();
    let found: Value = serde_json::from_str(lines.first().context("no line")?)?;
    ensure!(lines.len() == 1 && row(&found, "billing")?["state"] == "closed", "{output}");
    Ok(())
}

/// A terminal with a program in it.
pub struct Screen {
    child: Child,
    stdin: ChildStdin,
    output: Arc<Mutex<Vec<u8>>>,
    size: (usize, usize),
}

impl Screen {
    /// Starts a command on a terminal of this size; `None` where this machine has no `script`.
    pub fn start(termgate: &Termgate, size: (usize, usize)) -> Result<Option<Self>> {
        let inner = termgate.to_command()?;
        let words = std::iter::once(inner.get_program()).chain(inner.get_args());
        let words: Vec<String> =
            words.map(|word| format!("'{}'", word.to_string_lossy().replace('\'', r"'\''"))).collect();
        let (columns, lines) = size;
        // What follows its end shows how it leaves the terminal.
        let line =
            format!("stty cols {columns} rows {lines}; {}; echo \"ended $?\"; stty -a", words.join(" "));
        let spawned = Command::new("script")
            .args(["-qc", &line, "/dev/null"])
            .env_clear()
            .envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))))
            .env("TERM", "xterm")
            .env("SHELL", "/bin/sh")
            .env("PATH", "/usr/bin:/bin")
            .current_dir(termgate.directory())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut child) = spawned else {
            eprintln!("NOT TESTED: this machine has no `script`");
            return Ok(None);
        };
        let (stdin, mut stdout) =
            (child.stdin.take().context("no input")?, child.stdout.take().context("no output")?);
        let output = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&output);
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = stdout.read(&mut bytes) {
                lock(&written).extend_from_slice(&bytes[..count]);
            }
        });
        Ok(Some(Self { child, stdin, output, size }))
    }

    pub fn press(&mut self, keys: &str) -> Result<()> {
        self.stdin.write_all(keys.as_bytes())?;
        Ok(self.stdin.flush()?)
    }

    /// All that was written.
    pub fn output(&self) -> String {
        String::from_utf8_lossy(&lock(&self.output)).into_owned()
    }

    /// What is on the screen now.
    pub fn lines(&self) -> Vec<String> {
        let mut cells = vec![vec![' '; self.size.0]; self.size.1];
        let (mut x, mut y) = (0, 0);
        let text = self.output();
        let mut rest = text.as_str();
        while let Some(first) = rest.chars().next() {
            rest = &rest[first.len_utf8()..];
            let Some(sequence) = rest.strip_prefix('[').filter(|_| first == '\u{1b}') else {
                if let Some(cell) = cells.get_mut(y).and_then(|line| line.get_mut(x)) {
                    *cell = first;
                }
                x += 1;
                continue;
            };
            let end = sequence.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(0);
            let numbers: Vec<usize> =
                sequence[..end].split(';').filter_map(|number| number.parse().ok()).collect();
            match (&sequence[end..=end], numbers.as_slice()) {
                ("H", [line, column]) => (y, x) = (line - 1, column - 1),
                ("J", _) => cells.iter_mut().for_each(|line| line.fill(' ')),
                _ => {}
            }
            rest = &sequence[end + 1..];
        }
        cells.into_iter().map(|line| line.into_iter().collect::<String>().trim_end().to_owned()).collect()
    }

    /// Waits until a line of the screen contains `text`.
    pub fn shows(&self, text: &str) -> Result<String> {
        wait::eventually(&format!("{text:?} on the screen"), || {
            let lines = self.lines();
            let found = lines.iter().find(|line| line.contains(text)).cloned();
            found.ok_or_else(|| anyhow!("it shows\n{}", lines.join("\n")))
        })
    }

    /// Waits for its end; gives what was written after it.
    fn end(&mut self) -> Result<String> {
        wait::eventually("the end of the view", || {
            let output = self.output();
            let after = output.rsplit_once("ended ").map(|(_, after)| after.to_owned());
            after.filter(|after| after.contains("echo")).ok_or_else(|| anyhow!("{output:?}"))
        })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The process of the view below the terminal's shell.
fn view_of(screen: &Screen) -> Result<u32> {
    let shells = children_of(screen.child.id())?;
    let shell = *shells.first().context("no shell")?;
    children_of(shell)?.first().copied().context("no view")
}

/// The terminal is as it was: the first screen, a cursor, and lines that are edited.
fn is_restored(screen: &Screen, after: &str, code: &str) -> Result<()> {
    ensure!(after.starts_with(code), "{after}");
    let output = screen.output();
    ensure!(output.contains("\u{1b}[?25h") && output.contains("\u{1b}[?1049l"), "{output:?}");
    for mode in ["icanon", "echo", "isig", "opost"] {
        ensure!(after.split_whitespace().any(|set| set == mode), "{mode} is not set:\n{after}");
    }
    Ok(())
}

fn of_snapshot(services: usize) -> Result<Termgate> {
    let names: Vec<String> = (0..services).map(|at| format!("service-{at:04}")).collect();
    let instance = |name: &str| {
        json!([{
            "Node": {"Node": "n", "Address": "10.0.0.9"},
            "Service": {"ID": name, "Service": name, "Address": "10.0.0.9", "Port": 80},
        }])
    };
    let mut instances: serde_json::Map<String, Value> =
        names.iter().map(|name| (name.clone(), instance(name))).collect();
    instances.remove("service-0001");
    let snapshot = json!({
        "Format": 1, "ConsulVersion": "1.8.7", "Datacenter": "dc1",
        "Gateway": {"Kind": "terminating-gateway", "ID": "gw", "Service": "gw", "Address": "10.0.0.5", "Port": 8443},
        "Roots": {"TrustDomain": "td.consul", "Roots": [{"RootCert": "R"}]},
        "Links": names.iter().map(|name| json!({"Service": {"Name": name}})).collect::<Vec<_>>(),
        "Instances": instances,
    });
    Termgate::new(["status", "--snapshot", "gw.json", "--watch", "--interval", "200ms"])?
        .file("gw.json", snapshot.to_string())
}

#[test]
fn the_live_view_sorts_filters_and_explains() -> Result<()> {
    let view = of_snapshot(40)?;
    let Some(mut screen) = Screen::start(&view, (100, 20))? else { return Ok(()) };
    screen.shows("40 linked services: 39 to be served, 1 closed")?;
    screen.shows("service-0001")?;
    screen.shows("q quit")?;
    screen.press("/0001")?;
    wait::eventually("the filter", || {
        let lines = screen.lines();
        ensure!(!lines.iter().any(|line| line.contains("service-0002")), "{lines:#?}");
        Ok(())
    })?;
    screen.press("\r\r")?;
    screen.shows("explain service-0001")?;
    screen.shows("broken at")?;
    // Closes the explanation, then the filter; the closed service comes first in the order of states.
    screen.press("\r")?;
    screen.press("\u{1b}")?;
    screen.shows("service-0002")?;
    screen.press("s")?;
    screen.shows("sort: state")?;
    let lines = screen.lines();
    ensure!(lines[3].contains("service-0001") && lines[3].contains("closed"), "{lines:#?}");
    screen.press("\u{1b}[F")?;
    screen.shows("service-0039")?;
    screen.press("q")?;
    let after = screen.end()?;
    is_restored(&screen, &after, "0")
}

#[test]
fn the_terminal_is_restored_however_the_view_ends() -> Result<()> {
    for (signal, key, code) in [
        (Some(Signal::SIGTERM), "", "143"),
        (Some(Signal::SIGINT), "", "130"),
        (Some(Signal::SIGHUP), "", "129"),
        (None, "\u{3}", "0"),
    ] {
        let view = of_snapshot(3)?;
        let Some(mut screen) = Screen::start(&view, (80, 12))? else { return Ok(()) };
        screen.shows("service-0002")?;
        match signal {
            Some(signal) => send(view_of(&screen)?, signal)?,
            None => screen.press(key)?,
        }
        let after = screen.end()?;
        is_restored(&screen, &after, code)?;
    }
    Ok(())
}

#[test]
fn a_suspended_view_gives_the_terminal_back_and_takes_it_again() -> Result<()> {
    const TAKEN: &str = "\u{1b}[?1049h";
    const GIVEN_BACK: &str = "\u{1b}[?1049l";
    for signal in [None, Some(Signal::SIGTSTP)] {
        let view = of_snapshot(3)?;
        let Some(mut screen) = Screen::start(&view, (80, 12))? else { return Ok(()) };
        screen.shows("service-0002")?;
        let pid = view_of(&screen)?;
        match signal {
            Some(signal) => send(pid, signal)?,
            None => screen.press("\u{1a}")?,
        }
        wait::eventually("the view to stop", || {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
            ensure!(stat.contains(") T "), "{stat}");
            ensure!(screen.output().ends_with(GIVEN_BACK), "{:?}", screen.output());
            Ok(())
        })?;
        send(pid, Signal::SIGCONT)?;
        wait::eventually("the view to be drawn again", || {
            let output = screen.output();
            let again = output.rsplit_once(TAKEN).map(|(before, after)| (before.contains(TAKEN), after));
            ensure!(
                again.is_some_and(|(twice, after)| twice && after.contains("service-0002")),
                "{output:?}"
            );
            Ok(())
        })?;
        screen.press("q")?;
        let after = screen.end()?;
        is_restored(&screen, &after, "0")?;
    }
    Ok(())
}

#[test]
fn lines_that_nobody_reads_any_more_end_with_141() -> Result<()> {
    let view = of_snapshot(1)?.args(["--output", "json"]);
    let mut child = view.to_command()?.stdout(Stdio::piped()).spawn()?;
    let mut first = [0; 1];
    child.stdout.take().context("no output")?.read_exact(&mut first)?;
    let code = wait::eventually("its end", || child.try_wait()?.context("it goes on"));
    if code.is_err() {
        child.kill()?;
    }
    ensure!(code?.code() == Some(141), "it ended otherwise");
    Ok(())
}

#[test]
fn a_gateway_that_does_not_exist_is_an_error() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let gateway = consul.unique("missing");
    let output = Termgate::new(["status", "--service", &gateway])?.consul(consul).exits(1)?;
    output.says(&["cannot find the gateway", &gateway])
}

/// The page as a browser has it, if this machine has one.
fn opened(page: &Path, profile: &Path) -> Result<Option<String>> {
    let chromium = variable("TERMGATE_TEST_CHROMIUM")
        .map_or_else(|| tools::project().join(".tools/bin/chromium"), std::convert::Into::into);
    if !chromium.exists() {
        eprintln!("NOT TESTED: .ci/install-tools has found no chromium");
        return Ok(None);
    }
    let output = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg("--dump-dom")
        .arg(format!("file://{}", page.display()))
        .stdin(Stdio::null())
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(Some(String::from_utf8_lossy(&output.stdout).into_owned()))
}

#[test]
fn the_page_opens_in_a_browser_and_runs_nothing_of_a_name() -> Result<()> {
    let hostile = "<img src=x onerror=document.title='run'>";
    let snapshot = json!({
        "Format": 1, "Datacenter": "dc1",
        "Gateway": {"Kind": "terminating-gateway", "ID": "gw", "Service": "gw"},
        "Links": [{"Service": {"Name": hostile}}, {"Service": {"Name": "billing"}}],
    });
    let command = Termgate::new(["status", "--snapshot", "gw.json", "--html", "page.html"])?
        .file("gw.json", snapshot.to_string())?;
    let output = command.succeeds()?;
    ensure!(output.stdout.is_empty(), "{output}");
    let path = command.directory().join("page.html");
    let page = fs::read_to_string(&path)?;
    ensure!(!page.contains("<img") && page.contains("&lt;img src=x"), "{page}");
    // The name of a language is not a request.
    let page = page.replace("http://www.w3.org/2000/svg", "");
    ensure!(
        page.contains("<svg")
            && !page.contains("http:")
            && !page.contains("https:")
            && !page.contains("<script"),
        "{page}"
    );
    let profile = tempfile::tempdir()?;
    let Some(opened) = opened(&path, profile.path())? else { return Ok(()) };
    ensure!(opened.contains("<title>gw: gateway status</title>"), "{opened}");
    ensure!(opened.contains("billing") && opened.contains("&lt;img src=x"), "{opened}");
    Ok(())
}

#[test]
fn a_view_that_goes_on_writes_no_page() -> Result<()> {
    Termgate::new(["status", "--watch", "--html", "page.html"])?.exits(2).map(drop)
}
