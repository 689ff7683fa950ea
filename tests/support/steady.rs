//! A client that never stops asking, and counts what goes wrong.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};

use super::http::Request;
use super::mesh::{MeshClient, MeshConnection};
use super::wait;

/// A client in the mesh that asks one service again and again: over one connection that stays open, and over
/// a new one each time.
pub struct Steady {
    stop: Arc<AtomicBool>,
    asked: Arc<AtomicU64>,
    failures: Arc<Mutex<Vec<String>>>,
    threads: Vec<JoinHandle<()>>,
}

/// Between two requests: a hundred a second are enough to see every gap that a person would.
const PAUSE: Duration = Duration::from_millis(10);

impl Steady {
    /// Starts asking.
    pub fn start(client: MeshClient, gateway: SocketAddr, service: &str) -> Self {
        Self::start_over(client, gateway, service, &[true, false])
    }

    /// Starts asking over new connections alone.
    pub fn start_anew(client: MeshClient, gateway: SocketAddr, service: &str) -> Self {
        Self::start_over(client, gateway, service, &[false])
    }

    /// Over a connection that stays open (true), or over a new one each time.
    fn start_over(client: MeshClient, gateway: SocketAddr, service: &str, kinds: &[bool]) -> Self {
        let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let failures = Arc::new(Mutex::new(Vec::new()));
        let client = Arc::new(client);
        let threads = kinds
            .iter()
            .map(|&keep| {
                let (stop, asked, failures) = (Arc::clone(&stop), Arc::clone(&asked), Arc::clone(&failures));
                let (client, service) = (Arc::clone(&client), service.to_owned());
                thread::spawn(move || {
                    let start = Instant::now();
                    let mut open = None;
                    while !stop.load(Ordering::Relaxed) {
                        let answer = if keep {
                            ask_over(&mut open, &client, gateway, &service)
                        } else {
                            client.get(gateway, &service, "/").and_then(|outcome| outcome.answer().map(drop))
                        };
                        if let Err(error) = answer {
                            let kind = if keep { "open" } else { "new" };
                            let line = format!("{:?}, {kind} connection: {error:#}", start.elapsed());
                            failures.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                            open = None;
                        }
                        asked.fetch_add(1, Ordering::Relaxed);
                        thread::sleep(PAUSE);
                    }
                })
            })
            .collect();
        Self { stop, asked, failures, threads }
    }

    /// Waits for some more requests; fails if any has failed so far.
    pub fn goes_on(&self) -> Result<()> {
        let before = self.asked.load(Ordering::Relaxed);
        wait::eventually("more requests", || {
            ensure!(self.asked.load(Ordering::Relaxed) > before + 10, "none yet");
            Ok(())
        })?;
        self.check()
    }

    /// Stops; gives how many requests there were, or what failed.
    pub fn end(mut self) -> Result<u64> {
        self.halt();
        self.check()?;
        Ok(self.asked.load(Ordering::Relaxed))
    }

    fn check(&self) -> Result<()> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = self.asked.load(Ordering::Relaxed);
        ensure!(
            failures.is_empty(),
            "{} of {asked} requests failed:\n{}",
            failures.len(),
            failures.join("\n")
        );
        Ok(())
    }

    fn halt(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

fn ask_over(
    open: &mut Option<MeshConnection>,
    client: &MeshClient,
    gateway: SocketAddr,
    service: &str,
) -> Result<()> {
    if open.is_none() {
        let connected = client.connect(gateway, service);
        *open = Some(connected.map_err(|refusal| match refusal {
            Ok(outcome) => anyhow!("not connected: {outcome}"),
            Err(error) => error,
        })?);
    }
    let connection = open.as_mut().context("no connection")?;
    let response = connection.exchange(&Request::new("GET", "/", service))?;
    ensure!(response.status == 200, "status {}", response.status);
    Ok(())
}

impl Drop for Steady {
    fn drop(&mut self) {
        self.halt();
    }
}
