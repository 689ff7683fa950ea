//! A gateway beside streams that stall: a log that is not read, a token file without content.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::Signal;
use nix::sys::stat::Mode;
use nix::unistd::{mkfifo, pipe};

use crate::support::consul::free_address;
use crate::support::origin::Origin;
use crate::support::process::{Process, send};
use crate::support::{monitor, wait};
use crate::world::World;

/// Writes into a pipe until it takes nothing more; how much that was.
fn fill(writer: &File) -> Result<usize> {
    let flags = OFlag::from_bits_retain(fcntl(writer, FcntlArg::F_GETFL)?);
    fcntl(writer, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    let (mut writer, mut filled) = (writer, 0);
    while let Ok(count) = writer.write(&[b'x'; 4096]) {
        filled += count;
    }
    fcntl(writer, FcntlArg::F_SETFL(flags))?;
    Ok(filled)
}

/// Kills what is left of it.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn an_unread_log_delays_neither_readiness_nor_shutdown() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, _) = World::with_one(&origin)?;
    let ready = free_address()?;
    let run = world.run()?.at_free_addresses()?.real_envoy()?.args([
        "--ready-bind",
        &ready.to_string(),
        "--metrics-bind",
        &ready.to_string(),
    ]);
    let (reader, writer) = pipe()?;
    let (mut reader, writer) = (File::from(reader), File::from(writer));
    let filled = fill(&writer)?;
    let mut child =
        Ended(run.to_command()?.stderr(Stdio::from(writer.try_clone()?)).stdout(Stdio::null()).spawn()?);
    wait::eventually("readiness", || monitor::ready(ready))?;
    assert_eq!(monitor::count(ready, "termgate_dropped_log_lines_total")?, 0);
    // Lines that waited arrive once the log is read, in order.
    let mut read = vec![0; filled];
    reader.read_exact(&mut read)?;
    let mut text = String::new();
    while !text.contains("ready: Envoy serves") {
        let mut buffer = [0; 1024];
        let count = reader.read(&mut buffer)?;
        ensure!(count > 0, "termgate ended: {text}");
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    let registered = text.find("registered gateway").context("it never said that it registered")?;
    ensure!(text.find("ready: Envoy serves").is_some_and(|ready| ready > registered), "{text}");

    // Full again: the end does not wait for a reader, either.
    fill(&writer)?;
    let started = Instant::now();
    send(child.0.id(), Signal::SIGTERM)?;
    let status = wait::eventually("the end", || child.0.try_wait()?.context("it still runs"))?;
    ensure!(status.success(), "{status}");
    ensure!(started.elapsed() < Duration::from_secs(15), "it took {:?}", started.elapsed());
    assert_eq!(world.consul.agent_service(&world.gateway)?, None);
    Ok(())
}

#[test]
fn a_token_that_comes_through_a_pipe_is_read_once_and_never_waited_for_again() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, _) = World::with_one(&origin)?;
    let ready = free_address()?;
    let run = world.run()?.at_free_addresses()?.real_envoy()?.env("CONSUL_HTTP_TOKEN", "").args([
        "--ready-bind",
        &ready.to_string(),
        "--token-file",
        "token",
    ]);
    let token = run.directory().join("token");
    mkfifo(&token, Mode::S_IRUSR | Mode::S_IWUSR)?;
    let mut process = Process::spawn("termgate run", &mut run.to_command()?)?;
    File::options()
        .write(true)
        .open(&token)?
        .write_all(crate::support::consul::MANAGEMENT_TOKEN.as_bytes())?;
    process.wait_until("readiness", || monitor::ready(ready))?;
    process.signal(Signal::SIGHUP)?;
    process.says("reloading everything")?;
    monitor::ready(ready)?;
    ensure!(process.terminate()?.success(), "{}", process.output());
    ensure!(!process.output().contains("token file"), "{}", process.output());
    Ok(())
}
