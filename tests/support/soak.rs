//! Rolling replacements of a gateway's two replicas under steady load: not one request may be lost.
//!
//! The caller is a sidecar's Envoy with mutual TLS, which learns of gateways from the catalog, and retries nothing.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::chronicle::Chronicle;
use super::consul::{Consul, free_address};
use super::envoy::Envoy;
use super::gateway::Gateway;
use super::load::{Client, Habit, Load, Lost, NUMBER};
use super::monitor;
use super::sidecar::{ENDPOINTS, Protocol, Sidecar};
use super::world::World;

const TYPES: &str = "type.googleapis.com/envoy.extensions.filters";

/// How long a replica may take to end.
const ENDING: Duration = Duration::from_secs(60);

/// A replica that takes longer than this to end has more than its shortest drain to do: its log says what.
const LONG: Duration = Duration::from_secs(8);

/// How many lost requests are shown one by one.
const SHOWN: usize = 20;

/// How much there is to do.
#[derive(Debug, Clone)]
pub struct Plan {
    pub replacements: usize,
    /// The load goes on until so many requests were made.
    pub requests: u64,
    /// Requests a second, all clients together.
    pub rate: u32,
    /// The soak fails if it is not over by then.
    pub limit: Duration,
    /// How much later than the catalog the caller learns of a change.
    pub lag: Duration,
    /// More flags for `termgate run`.
    pub flags: Vec<String>,
}

/// How the replicas are replaced. A scheduler sees `/ready` and the end of a process, nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The new one becomes ready, then the old one ends.
    NewFirst,
    /// The old one ends while the new one starts.
    AtOnce,
    /// As the first one, but nobody waits for the end of the old one: by default Kubernetes does not.
    Surge,
}

const ORDERS: [Order; 3] = [Order::NewFirst, Order::AtOnce, Order::Surge];

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NewFirst => "new first",
            Self::AtOnce => "at once",
            Self::Surge => "surge",
        })
    }
}

/// What came of it.
pub struct Summary {
    pub requests: u64,
    pub replacements: usize,
    /// Connections from the caller to gateways.
    pub connections: u64,
    pub lost: Vec<Lost>,
    pub median: Duration,
    pub p99: Duration,
    pub p999: Duration,
    /// How the replicas ended, the fastest first.
    pub drains: Vec<Drain>,
    pub took: Duration,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requests, replacements, connections, lost, .. } = self;
        writeln!(f, "requests      {requests} in {:.0} s", self.took.as_secs_f64())?;
        writeln!(f, "connections   {connections} from the caller to gateways")?;
        writeln!(f, "replacements  {replacements}")?;
        writeln!(f, "lost          {}", lost.len())?;
        let milliseconds = [self.median, self.p99, self.p999].map(|time| time.as_secs_f64() * 1_000.0);
        let [median, p99, p999] = milliseconds;
        writeln!(f, "answered in   {median:.1} ms (median), {p99:.1} ms (99 %), {p999:.1} ms (99.9 %)")?;
        let took = |drain: &Drain| format!("{:.1}", drain.took.as_secs_f64());
        write!(f, "SIGTERM → end {} s", self.drains.iter().map(took).collect::<Vec<_>>().join(" "))?;
        let known = self.drains.iter().map(|drain| drain.known).max().unwrap_or_default();
        write!(f, "\ncaller knew    {:.2} s after SIGTERM at the latest", known.as_secs_f64())?;
        for drain in self.drains.iter().filter(|drain| drain.took > LONG) {
            let (took, known) = (drain.took.as_secs_f64(), drain.known.as_secs_f64());
            write!(f, "\n{} took {took:.1} s; the caller knew after {known:.2} s:", drain.replica)?;
            for line in &drain.log {
                write!(f, "\n    {line}")?;
            }
        }
        Ok(())
    }
}

/// The end of a replica.
#[derive(Debug, Clone)]
pub struct Drain {
    pub replica: String,
    /// From SIGTERM to the end.
    pub took: Duration,
    /// From SIGTERM until the caller knew.
    pub known: Duration,
    /// What it has logged from SIGTERM on.
    pub log: Vec<String>,
}

/// Two replicas, what they lead to, and a caller with its clients.
pub struct Soak {
    // The order in which they end: nothing is lost because what it needs is gone.
    load: Load,
    sidecar: Sidecar,
    fleet: Fleet,
    _outside: Envoy,
}

/// The replicas of a gateway.
struct Fleet {
    plan: Plan,
    replicas: Vec<Replica>,
    /// Those that were asked to end: how each does.
    ending: Vec<JoinHandle<Result<Drain>>>,
    started: usize,
    drains: Vec<Drain>,
    chronicle: Arc<Chronicle>,
    world: World<Consul>,
}

/// One replica.
struct Replica {
    id: String,
    gateway: Gateway,
}

impl Soak {
    /// Starts everything, and the load.
    pub fn start(plan: Plan) -> Result<Self> {
        let chronicle = Arc::new(Chronicle::start());
        let mut world = World::alone()?;
        let (http, lines) = (free_address()?, free_address()?);
        let outside = Envoy::start(&outside(http, lines))?;
        let mut linked = |protocol, address| world.allowed_with(protocol, address, json!({}));
        let names = [linked("tcp", lines)?, linked("http", http)?, linked("http2", http)?];
        for (name, protocol) in names.iter().zip(["tcp", "http", "http2"]) {
            world.consul.set_protocol(name, protocol)?;
        }
        world.write_entry()?;
        let [tcp, http, http2] = names.each_ref().map(String::as_str);
        let upstreams = [(tcp, Protocol::Tcp), (http, Protocol::Http), (http2, Protocol::Http2)];
        let mut fleet = Fleet {
            plan,
            replicas: Vec::new(),
            ending: Vec::new(),
            started: 0,
            drains: Vec::new(),
            chronicle,
            world,
        };
        for _ in 0..2 {
            let replica = fleet.launch()?;
            fleet.replicas.push(replica);
        }
        let Fleet { world, chronicle, plan, .. } = &fleet;
        let sidecar =
            Sidecar::start(&world.consul, &world.frontend()?, &upstreams, (2, plan.lag), chronicle)?;
        let load = Load::start(clients(plan, &sidecar, [tcp, http, http2])?, chronicle);
        Ok(Self { load, sidecar, fleet, _outside: outside })
    }

    /// Replaces the replicas, one after the other; `report` is given a line for each, and each lost request.
    pub fn run(mut self, report: impl Fn(&str)) -> Result<Summary> {
        let start = Instant::now();
        let plan = self.fleet.plan.clone();
        let mut shown = 0;
        let mut order = Order::AtOnce;
        for number in 1..=plan.replacements {
            // The requests are spread over the replacements; a surge is followed by the next one at once.
            if order != Order::Surge {
                self.wait_for(plan.requests * (number as u64 - 1) / plan.replacements as u64, start)?;
            }
            order = ORDERS[number % ORDERS.len()];
            let what = self.fleet.replace(order).and_then(|what| {
                ensure!(start.elapsed() < plan.limit, "the soak is not over after {:?}", plan.limit);
                Ok(what)
            });
            shown = self.show_lost(shown, &report);
            let counted = format!("{} requests, {} lost", self.load.ledger.made(), shown);
            report(&format!("{number}/{} {order}: {}; {counted}", plan.replacements, what?));
        }
        self.fleet.finish()?;
        while self.load.ledger.answered() < plan.requests {
            ensure!(
                start.elapsed() < plan.limit,
                "fewer than {} requests in {:?}",
                plan.requests,
                plan.limit
            );
            thread::sleep(Duration::from_millis(100));
        }
        self.load.end();
        let took = start.elapsed();
        if self.show_lost(shown, &report) > 0 {
            let log = self.sidecar.log();
            for line in log.lines().filter(|line| line.starts_with("lost: ")).take(SHOWN) {
                report(&format!("sidecar: {line}"));
            }
        }
        let ledger = &self.load.ledger;
        self.fleet.drains.sort_by_key(|drain| drain.took);
        Ok(Summary {
            requests: ledger.made(),
            replacements: plan.replacements,
            connections: self.sidecar.connections()?,
            lost: ledger.lost(),
            median: ledger.latency(500),
            p99: ledger.latency(990),
            p999: ledger.latency(999),
            drains: self.fleet.drains.clone(),
            took,
        })
    }

    /// Waits until so many requests were made since the start.
    fn wait_for(&self, requests: u64, start: Instant) -> Result<()> {
        let limit = self.fleet.plan.limit;
        while self.load.ledger.made() < requests {
            ensure!(start.elapsed() < limit, "fewer than {requests} requests in {limit:?}");
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Reports what was lost after the first few, with what had happened by then; gives how many there are now.
    fn show_lost(&self, before: usize, report: impl Fn(&str)) -> usize {
        let lost = self.load.ledger.lost();
        let mut previous = None;
        for one in lost.iter().take(SHOWN).skip(before) {
            // What comes at once has the same story.
            let story = previous.is_none_or(|previous| one.at > previous + Duration::from_secs(1));
            let story = if story { self.fleet.chronicle.by(one.at) } else { String::new() };
            previous = Some(one.at);
            report(&format!("LOST {one}{story}"));
        }
        lost.len()
    }
}

impl Summary {
    /// Fails if a request was lost.
    pub fn check(&self) -> Result<()> {
        ensure!(self.lost.is_empty(), "{} of {} requests were lost", self.lost.len(), self.requests);
        Ok(())
    }
}

impl Fleet {
    /// Starts a replica, and waits until it is ready.
    fn launch(&mut self) -> Result<Replica> {
        self.started += 1;
        let id = format!("{}-{}", self.world.gateway, self.started);
        let ready = free_address()?;
        let command = self
            .world
            .run()?
            // The default, which other tests do not wait for.
            .env("TERMGATE_DRAIN_MIN", "")
            .args(["--service-id", &id, "--ready-bind", &ready.to_string()])
            .args(&self.plan.flags);
        self.chronicle.note(&id, "starts");
        let mut gateway = Gateway::launch(&id, command)?;
        gateway.eventually("/ready", || monitor::ready(ready))?;
        self.chronicle.note(&id, format!("ready at {}", gateway.address));
        Ok(Replica { id, gateway })
    }

    /// Asks the oldest replica to end.
    fn end_oldest(&mut self) -> Result<()> {
        ensure!(!self.replicas.is_empty(), "no replica is left");
        let Replica { id, mut gateway } = self.replicas.remove(0);
        let start = Instant::now();
        self.chronicle.note(&id, format!("SIGTERM at {}", gateway.address));
        let logged = gateway.process.output().lines().count();
        let asked = self.chronicle.now();
        gateway.process.signal(Signal::SIGTERM)?;
        let chronicle = Arc::clone(&self.chronicle);
        self.ending.push(thread::spawn(move || {
            let status = gateway.process.wait(ENDING)?;
            let took = start.elapsed();
            chronicle.note(&id, format!("ended at {}", gateway.address));
            ensure!(status.success(), "{id} ended with {status}");
            let log = gateway.process.output().lines().skip(logged).map(str::to_owned).collect();
            let known = chronicle.gone_after(asked, ENDPOINTS, &gateway.address.to_string());
            Ok(Drain { replica: id, took, known, log })
        }));
        Ok(())
    }

    /// Waits for the end of those that were asked to.
    fn finish(&mut self) -> Result<()> {
        for ending in self.ending.drain(..) {
            let drain = ending.join().map_err(|_| anyhow!("waiting for a replica panicked"))??;
            self.drains.push(drain);
        }
        Ok(())
    }

    /// One replacement; gives how it went.
    fn replace(&mut self, order: Order) -> Result<String> {
        let start = Instant::now();
        if order == Order::AtOnce {
            self.end_oldest()?;
        }
        let new = self.launch()?;
        let ready = start.elapsed().as_secs_f64();
        let what = format!("{} ready after {ready:.1} s", new.id);
        self.replicas.push(new);
        if order != Order::AtOnce {
            self.end_oldest()?;
        }
        if order == Order::Surge {
            return Ok(what);
        }
        self.finish()?;
        let drain = self.drains.last().map_or(0.0, |drain| drain.took.as_secs_f64());
        Ok(format!("{what}, the old one ended {drain:.1} s after SIGTERM"))
    }
}

/// Clients of every habit for all services, as many as make up the rate.
fn clients(plan: &Plan, sidecar: &Sidecar, [tcp, http, http2]: [&str; 3]) -> Result<Vec<Client>> {
    const SHARES: [(Habit, usize); 3] = [(Habit::Kept, 5), (Habit::Fresh, 3), (Habit::Slow, 3)];
    let mut habits = vec![(tcp, Habit::Tunnel); 6];
    for service in [http, http2] {
        habits.extend(SHARES.iter().flat_map(|&(habit, count)| vec![(service, habit); count]));
    }
    // Those that wait for slow servers add little to the rate.
    let quick = habits.iter().filter(|(_, habit)| *habit != Habit::Slow).count();
    let period = Duration::from_secs(1) * u32::try_from(quick)? / plan.rate.max(1);
    let client = |(service, habit): (&str, Habit)| {
        Ok(Client { service: service.to_owned(), address: sidecar.upstream(service)?, habit, period })
    };
    habits.into_iter().map(client).collect()
}

/// The servers outside the mesh: one for HTTP/1.1 and HTTP/2, and one that repeats what it reads.
fn outside(http: SocketAddr, lines: SocketAddr) -> Value {
    let listener = |name: &str, address: SocketAddr, filter: Value| {
        let address = json!({"address": address.ip().to_string(), "port_value": address.port()});
        json!({
            "name": name,
            "address": {"socket_address": address},
            "filter_chains": [{"filters": [filter]}],
        })
    };
    let answer = json!({
        "match": {"prefix": "/"},
        "direct_response": {"status": 200, "body": {"inline_string": "from outside the mesh"}},
        "response_headers_to_add": [{"header": {"key": NUMBER, "value": format!("%REQ({NUMBER})%")}}],
    });
    let manager = json!({
        "@type": format!("{TYPES}.network.http_connection_manager.v3.HttpConnectionManager"),
        "stat_prefix": "outside",
        "codec_type": "AUTO",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [answer]}]},
        "http_filters": [
            {"name": "fault", "typed_config": {
                "@type": format!("{TYPES}.http.fault.v3.HTTPFault"),
                "delay": {"header_delay": {}, "percentage": {"numerator": 100}},
            }},
            {"name": "router", "typed_config": {"@type": format!("{TYPES}.http.router.v3.Router")}},
        ],
    });
    let echo = json!({"name": "echo", "typed_config": {"@type": format!("{TYPES}.network.echo.v3.Echo")}});
    json!({"static_resources": {"listeners": [
        listener("http", http, json!({"name": "http", "typed_config": manager})),
        listener("lines", lines, echo),
    ]}})
}
