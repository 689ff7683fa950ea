//! Steady load on services, by clients with different habits, and what becomes of each request.

use std::fmt;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Error, Result, anyhow};

use super::chronicle::Chronicle;
use super::http::{Request, Response};
use super::server::lock;

/// The header that a server answers with the value it had in the request.
pub const NUMBER: &str = "number";

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a client uses its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Habit {
    /// HTTP: a connection serves hundreds of requests.
    Kept,
    /// HTTP: a new connection for each request.
    Fresh,
    /// HTTP: the server takes up to three seconds for an answer.
    Slow,
    /// Lines over TCP, with a new connection several times a second: one in four lasts for up to two seconds.
    Tunnel,
}

/// One client.
#[derive(Debug, Clone)]
pub struct Client {
    pub service: String,
    pub address: SocketAddr,
    pub habit: Habit,
    /// Between two of its requests, on average. One in 200 comes up to two seconds later, so that connections idle.
    pub period: Duration,
}

/// Running clients. They end when dropped.
pub struct Load {
    pub ledger: Arc<Ledger>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// What became of the requests.
pub struct Ledger {
    chronicle: Arc<Chronicle>,
    answered: AtomicU64,
    latencies: Latencies,
    lost: Mutex<Vec<Lost>>,
}

/// How a request was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// No connection.
    Refused,
    /// The connection ended before the answer did.
    Reset,
    /// No answer in time.
    TimedOut,
    /// An answer with another status than 200.
    Status(u16),
    /// The answer to something else.
    Wrong,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("refused"),
            Self::Reset => f.write_str("reset"),
            Self::TimedOut => f.write_str("timed out"),
            Self::Status(status) => write!(f, "status {status}"),
            Self::Wrong => f.write_str("wrong answer"),
        }
    }
}

/// A lost request.
#[derive(Debug, Clone)]
pub struct Lost {
    /// On the chronicle's clock.
    pub at: Duration,
    pub loss: Loss,
    pub service: String,
    pub habit: Habit,
    /// The client's end of the connection, and its age.
    pub connection: Option<SocketAddr>,
    pub age: Duration,
    pub detail: String,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { loss, service, habit, detail, .. } = self;
        let (at, age) = (self.at.as_secs_f64(), self.age.as_secs_f64());
        let connection = self.connection.map_or_else(|| "none".to_owned(), |address| address.to_string());
        write!(
            f,
            "{at:.3} s: {service} ({habit:?}): {loss}, connection {connection}, {age:.3} s old: {detail}"
        )
    }
}

impl Load {
    /// Starts the clients, each in a thread of its own.
    pub fn start(clients: impl IntoIterator<Item = Client>, chronicle: &Arc<Chronicle>) -> Self {
        let ledger = Arc::new(Ledger {
            chronicle: Arc::clone(chronicle),
            answered: AtomicU64::new(0),
            latencies: Latencies::default(),
            lost: Mutex::new(Vec::new()),
        });
        let stop = Arc::new(AtomicBool::new(false));
        let threads = clients.into_iter().zip(1..).map(|(client, number)| {
            let (ledger, stop) = (Arc::clone(&ledger), Arc::clone(&stop));
            thread::spawn(move || {
                Work { client, ledger, stop, random: Random(number), next: Instant::now() }.run();
            })
        });
        let threads = threads.collect();
        Self { ledger, stop, threads }
    }

    /// Lets each client finish what it has begun.
    pub fn end(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.end();
    }
}

impl Ledger {
    /// Requests that were answered as they should be.
    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// All requests whose outcome is known.
    pub fn made(&self) -> u64 {
        self.answered() + lock(&self.lost).len() as u64
    }

    /// All that were not answered so.
    pub fn lost(&self) -> Vec<Lost> {
        lock(&self.lost).clone()
    }

    /// The time that this many of a thousand answers took at most; slow servers are left out.
    pub fn latency(&self, of_a_thousand: u64) -> Duration {
        self.latencies.at_most(of_a_thousand)
    }
}

/// A client at work.
struct Work {
    client: Client,
    ledger: Arc<Ledger>,
    stop: Arc<AtomicBool>,
    random: Random,
    next: Instant,
}

/// An open connection.
struct Open {
    stream: BufReader<TcpStream>,
    own: SocketAddr,
    since: Instant,
    /// How many requests it is used for, or until when.
    left: u64,
    until: Instant,
}

impl Work {
    fn run(mut self) {
        let mut open = None;
        let mut number = 0;
        while !self.stop.load(Ordering::Relaxed) {
            self.pause();
            number += 1;
            let start = Instant::now();
            let asked = self.ask(&mut open, number);
            match asked {
                Ok(()) => {
                    self.ledger.answered.fetch_add(1, Ordering::Relaxed);
                    if self.client.habit != Habit::Slow {
                        self.ledger.latencies.add(start.elapsed());
                    }
                }
                Err((how, error)) => {
                    let entry = Lost {
                        at: self.ledger.chronicle.now(),
                        loss: how,
                        service: self.client.service.clone(),
                        habit: self.client.habit,
                        connection: open.as_ref().map(|open: &Open| open.own),
                        age: open.as_ref().map_or(Duration::ZERO, |open| open.since.elapsed()),
                        detail: format!("{error:#}"),
                    };
                    lock(&self.ledger.lost).push(entry);
                    open = None;
                }
            }
            if let Some(old) = open.take_if(|open| open.left == 0 || Instant::now() >= open.until) {
                drop(old.stream.get_ref().shutdown(Shutdown::Write));
            }
        }
    }

    /// Keeps the pace; what is late is not made up for.
    fn pause(&mut self) {
        let period = u64::try_from(self.client.period.as_micros()).unwrap_or(u64::MAX);
        let mut pause = self.random.below(2 * period);
        if self.random.below(200) == 0 {
            pause += self.random.below(2_000_000);
        }
        self.next = (self.next + Duration::from_micros(pause)).max(Instant::now());
        thread::sleep(self.next.saturating_duration_since(Instant::now()));
    }

    fn ask(&mut self, open: &mut Option<Open>, number: u64) -> Result<(), (Loss, Error)> {
        let open = match open {
            Some(open) => open,
            none => none.insert(self.connect().map_err(|error| match error.kind() {
                io::ErrorKind::TimedOut => (Loss::TimedOut, error.into()),
                _ => (Loss::Refused, error.into()),
            })?),
        };
        open.left = open.left.saturating_sub(1);
        match self.client.habit {
            Habit::Tunnel => open.echo(number),
            _ => self.exchange(open, number),
        }
    }

    fn connect(&mut self) -> io::Result<Open> {
        let stream = TcpStream::connect_timeout(&self.client.address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let (left, life) = match self.client.habit {
            Habit::Kept => (300 + self.random.below(1_000), Duration::MAX),
            Habit::Fresh => (1, Duration::MAX),
            Habit::Slow => (5, Duration::MAX),
            Habit::Tunnel => {
                let longest = if self.random.below(4) == 0 { 2_000 } else { 300 };
                (u64::MAX, Duration::from_millis(self.random.below(longest)))
            }
        };
        let since = Instant::now();
        let until = since.checked_add(life).unwrap_or(since + Duration::from_secs(86_400));
        Ok(Open { own: stream.local_addr()?, stream: BufReader::new(stream), since, left, until })
    }

    fn exchange(&mut self, open: &mut Open, number: u64) -> Result<(), (Loss, Error)> {
        let number = number.to_string();
        let mut request = Request::new("GET", "/", &self.client.service).with_header(NUMBER, &number);
        if self.client.habit == Habit::Slow {
            let delay = self.random.below(3_000).to_string();
            request = request.with_header("x-envoy-fault-delay-request", &delay);
        }
        if open.left == 0 {
            request = request.with_header("Connection", "close");
        }
        request.write_to(open.stream.get_mut()).map_err(cut)?;
        let answer = Response::read_from(&mut open.stream).map_err(cut)?;
        let header = |name| super::http::header(&answer.headers, name).unwrap_or("-");
        let through = || anyhow!("through {} ({}): {}", header("through"), header("flags"), answer.text());
        match answer.status {
            200 if header(NUMBER) == number => Ok(()),
            200 => Err((Loss::Wrong, through())),
            status => Err((Loss::Status(status), through())),
        }
    }
}

impl Open {
    fn echo(&mut self, number: u64) -> Result<(), (Loss, Error)> {
        let sent = format!("{number}\n");
        self.stream.get_mut().write_all(sent.as_bytes()).map_err(|error| cut(error.into()))?;
        let mut answer = String::new();
        self.stream.read_line(&mut answer).map_err(|error| cut(error.into()))?;
        match answer {
            answer if answer == sent => Ok(()),
            answer if answer.ends_with('\n') => Err((Loss::Wrong, anyhow!("{answer:?}"))),
            answer => Err((Loss::Reset, anyhow!("closed after {answer:?}"))),
        }
    }
}

/// How a connection failed.
fn cut(error: Error) -> (Loss, Error) {
    let late = |kind| matches!(kind, io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut);
    let loss = match error.downcast_ref::<io::Error>() {
        Some(error) if late(error.kind()) => Loss::TimedOut,
        _ => Loss::Reset,
    };
    (loss, error)
}

/// Numbers that look random, the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }
}

/// Times by size: sixteen steps for each doubling of a microsecond.
struct Latencies(Vec<AtomicU64>);

impl Default for Latencies {
    fn default() -> Self {
        Self((0..16 * 64).map(|_| AtomicU64::new(0)).collect())
    }
}

impl Latencies {
    fn add(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(16);
        let exponent = micros.ilog2();
        let step = (micros >> (exponent - 4)) & 15;
        if let Some(count) = self.0.get(exponent as usize * 16 + usize::try_from(step).unwrap_or(0)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn at_most(&self, of_a_thousand: u64) -> Duration {
        let counts: Vec<u64> = self.0.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        let wanted = (counts.iter().sum::<u64>() * of_a_thousand).div_ceil(1_000);
        let mut seen = 0;
        for (place, count) in (0_u64..).zip(counts) {
            seen += count;
            if seen >= wanted && seen > 0 {
                let (exponent, step) = (place / 16, place % 16);
                return Duration::from_micros((17 + step) << exponent.saturating_sub(4));
            }
        }
        Duration::ZERO
    }
}
