//! Rolling replacements of a gateway under steady load; `make soak` does the same for longer.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::support::chronicle::Chronicle;
use crate::support::consul::free_address;
use crate::support::load::{Client, Habit, Load, Loss, Lost};
use crate::support::server::Server;
use crate::support::soak::{Plan, Soak};
use crate::support::wait;

#[test]
fn rolling_replacements_of_two_replicas_lose_no_request() -> Result<()> {
    needs!(Consul, Envoy);
    let plan = Plan {
        replacements: 3,
        requests: 3_000,
        rate: 400,
        limit: Duration::from_secs(120),
        lag: Duration::ZERO,
        flags: Vec::new(),
    };
    let summary = Soak::start(plan)?.run(|line| eprintln!("{line}"))?;
    summary.check()?;
    ensure!(summary.requests >= 3_000 && summary.connections > 10, "too little was tried:\n{summary}");
    Ok(())
}

/// A server that answers each connection with these bytes and closes it.
fn answering(bytes: &'static [u8]) -> Result<(Server, SocketAddr)> {
    let server = Server::tcp(None, move |connection| {
        connection.stream.get_mut().write_all(bytes)?;
        Ok(())
    })?;
    let address = server.address().context("no address")?;
    Ok((server, address))
}

#[test]
fn the_load_counts_each_way_to_lose_a_request() -> Result<()> {
    let unavailable = answering(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")?;
    let stranger = answering(b"HTTP/1.1 200 OK\r\nnumber: 0\r\nContent-Length: 0\r\n\r\n")?;
    let closing = answering(b"")?;
    let targets = [
        (unavailable.1, Habit::Fresh, Loss::Status(503)),
        (stranger.1, Habit::Kept, Loss::Wrong),
        (closing.1, Habit::Slow, Loss::Reset),
        (closing.1, Habit::Tunnel, Loss::Reset),
        (free_address()?, Habit::Fresh, Loss::Refused),
    ];
    let client = |(address, habit, loss): (SocketAddr, Habit, Loss)| Client {
        service: loss.to_string(),
        address,
        habit,
        period: Duration::from_millis(1),
    };
    let mut load = Load::start(targets.map(client), &Arc::new(Chronicle::start()));
    let ledger = Arc::clone(&load.ledger);
    // A client whose server closes while it writes may not get to read the answer: not each loss is the expected one.
    let expected = |one: &Lost| one.loss.to_string() == one.service;
    wait::eventually("the loss that each client expects", || {
        let lost: BTreeSet<_> = ledger
            .lost()
            .iter()
            .filter(|one| expected(one))
            .map(|one| (one.service.clone(), one.habit))
            .collect();
        ensure!(lost.len() == targets.len(), "{lost:?}");
        Ok(())
    })?;
    load.end();
    ensure!(ledger.lost().iter().all(|one| expected(one) || one.loss == Loss::Reset), "{:?}", ledger.lost());
    ensure!(ledger.answered() == 0, "{} were answered", ledger.answered());
    Ok(())
}
