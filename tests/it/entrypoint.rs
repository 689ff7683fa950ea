//! termgate as the first process of a container, confined in every way that a runtime confines: one at a time, and all.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::ads::AdsServer;
use crate::support::consul::{MANAGEMENT_TOKEN, free_address};
use crate::support::container::{Container, Running, USER};
use crate::support::mesh::MeshClient;
use crate::support::origin::Origin;
use crate::support::process::send;
use crate::support::wait;
use crate::world::World;

/// Leaves a test early, and says so, where this machine makes no containers.
macro_rules! needs_containers {
    () => {
        if let Some(reason) = Container::unavailable() {
            eprintln!("NOT TESTED: this machine makes no containers: {reason}");
            return Ok(());
        }
    };
}

/// The filter of a runtime; none, with a word about it, where it cannot be had.
fn profile() -> Option<Value> {
    let profile = Container::runtime_profile();
    profile.inspect_err(|reason| eprintln!("NOT TESTED: a runtime's filter of system calls: {reason}")).ok()
}

/// One container for each way to confine it, and what it is called.
fn confined() -> Vec<(&'static str, Container)> {
    let plain = Container::default;
    vec![
        ("the first process", plain()),
        ("without root", Container { user: USER, ..plain() }),
        ("with a read-only root file system", Container { read_only: true, ..plain() }),
        ("with nothing to write to but /dev/shm", only_shared_memory(plain())),
        (
            "without root, and with nothing to write to but /dev/shm",
            Container { user: USER, ..only_shared_memory(plain()) },
        ),
        ("root without capabilities", Container { no_capabilities: true, ..plain() }),
        ("without new privileges", Container { no_new_privileges: true, ..plain() }),
        ("with a runtime's filter", Container { profile: profile(), ..plain() }),
        ("with everything at once", strict()),
    ]
}

fn only_shared_memory(container: Container) -> Container {
    Container { read_only: true, writable: vec!["/dev/shm"], ..container }
}

fn strict() -> Container {
    Container {
        user: USER,
        no_capabilities: true,
        no_new_privileges: true,
        profile: profile(),
        ..only_shared_memory(Container::default())
    }
}

/// A gateway of direct mode in a container, and a client that has had an answer through it.
struct Direct {
    running: Running,
    world: World,
}

impl Direct {
    fn start(container: &Container) -> Result<Self> {
        let origin = Origin::plain("outside")?;
        let (world, service) = World::with_one(&origin)?;
        let address = free_address()?;
        let mut running = run(&Container { orphans: true, ..container.clone() }, &world, address)?;
        let frontend = world.frontend()?;
        answered(&mut running, &frontend, address, &service)?;
        running.has_only("envoy")?;
        running.is_confined(container)?;
        Ok(Self { running, world })
    }

    fn ends(mut self) -> Result<()> {
        let status = self.running.stop()?;
        ensure!(status.success(), "{status}\n{}", self.running.process.output());
        let left = self.world.consul.agent_service(&self.world.gateway)?;
        ensure!(left.is_none(), "it is still registered: {left:?}");
        Ok(())
    }
}

fn run(container: &Container, world: &World, address: SocketAddr) -> Result<Running> {
    let arguments = [
        "run",
        "--service",
        &world.gateway,
        "--config-source",
        "direct",
        "--deregister-on-exit",
        "--address",
        &address.to_string(),
        "--admin-bind",
        &free_address()?.to_string(),
    ];
    let agent = world.consul.http().to_string();
    container.start(
        &arguments.map(str::to_owned),
        &[("CONSUL_HTTP_ADDR", &agent), ("CONSUL_HTTP_TOKEN", MANAGEMENT_TOKEN)],
    )
}

fn answered(running: &mut Running, client: &MeshClient, address: SocketAddr, service: &str) -> Result<()> {
    running.process.wait_until("an answer through the gateway", || {
        let answer = client.get(address, service, "/")?.answer()?;
        ensure!(answer["instance"] == "outside", "{answer}");
        Ok(())
    })
}

#[test]
fn direct_mode_serves_and_ends_in_a_container_however_it_is_confined() -> Result<()> {
    needs!(Consul, Envoy);
    needs_containers!();
    for (name, container) in confined() {
        let served = Direct::start(&container).and_then(Direct::ends);
        served.map_err(|error| error.context(name))?;
    }
    Ok(())
}

/// The command that Consul has: Envoy takes its place, with a listener of the gateway's own settings.
fn drop_in(container: &Container) -> Result<()> {
    let origin = Origin::plain("outside")?;
    let (world, service) = World::with_one(&origin)?;
    let address = free_address()?;
    let fake = crate::connect_envoy::agent(&static_listener(&world, &service, address, origin.address())?)?;
    let ads = AdsServer::start()?;
    let arguments = [
        "connect",
        "envoy",
        "-gateway=terminating",
        "-service=edge",
        "-proxy-id=edge-1",
        &format!("-admin-bind={}", free_address()?),
        &format!("-grpc-addr={}", ads.address()),
        "--",
        "--concurrency",
        "1",
        "-l",
        "warning",
    ];
    let agent = fake.address().to_string();
    let mut running = container.start(&arguments.map(str::to_owned), &[("CONSUL_HTTP_ADDR", &agent)])?;
    answered(&mut running, &world.frontend()?, address, &service)?;
    running.is_confined(container)?;
    let status = running.stop()?;
    ensure!(status.success(), "{status}\n{}", running.process.output());
    Ok(())
}

/// The settings that make Envoy serve `service` at `address` with the mesh's certificates, without an xDS server.
fn static_listener(world: &World, service: &str, address: SocketAddr, origin: SocketAddr) -> Result<Value> {
    let leaf = world.consul.get(&format!("/v1/agent/connect/ca/leaf/{service}"))?;
    let roots = world.consul.get("/v1/agent/connect/ca/roots")?;
    let socket =
        |at: SocketAddr| json!({"socket_address": {"address": at.ip().to_string(), "port_value": at.port()}});
    let tls = json!({
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
        "require_client_certificate": true,
        "common_tls_context": {
            "tls_certificates": [{
                "certificate_chain": {"inline_string": leaf["CertPEM"]},
                "private_key": {"inline_string": leaf["PrivateKeyPEM"]},
            }],
            "validation_context": {"trusted_ca": {"inline_string": roots["Roots"][0]["RootCert"]}},
        },
    });
    let proxy = json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
        "stat_prefix": "outside", "cluster": "outside",
    });
    let listener = json!({
        "name": "static", "address": socket(address),
        "filter_chains": [{
            "transport_socket": {"name": "envoy.transport_sockets.tls", "typed_config": tls},
            "filters": [{"name": "envoy.filters.network.tcp_proxy", "typed_config": proxy}],
        }],
    });
    let cluster = json!({
        "name": "outside", "type": "STATIC", "connect_timeout": "5s",
        "load_assignment": {
            "cluster_name": "outside",
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": socket(origin)}}]}],
        },
    });
    Ok(json!({
        "envoy_extra_static_listeners_json": listener.to_string(),
        "envoy_extra_static_clusters_json": cluster.to_string(),
    }))
}

#[test]
fn the_drop_in_command_serves_and_ends_in_a_container_however_it_is_confined() -> Result<()> {
    needs!(Consul, Envoy);
    needs_containers!();
    let nothing = Container { writable: Vec::new(), ..strict() };
    for (name, container) in confined().into_iter().chain([("with nothing to write to", nothing)]) {
        drop_in(&container).map_err(|error| error.context(name))?;
    }
    Ok(())
}

/// A gateway that cannot start in this container says why, and what helps.
fn fails(container: &Container, texts: &[&str]) -> Result<()> {
    let origin = Origin::plain("outside")?;
    let (world, _) = World::with_one(&origin)?;
    let mut running = run(container, &world, free_address()?)?;
    let status = running.process.wait(wait::PATIENCE)?;
    let output = running.process.output();
    ensure!(status.code() == Some(1), "{status}\n{output}");
    for text in texts {
        ensure!(output.contains(text), "it does not say {text:?}:\n{output}");
    }
    Ok(())
}

#[test]
fn without_a_place_for_the_run_directory_it_says_what_to_mount() -> Result<()> {
    needs!(Consul, Envoy);
    needs_containers!();
    fails(
        &Container { writable: Vec::new(), ..strict() },
        &[
            "error: cannot find a place for the run directory: /tmp/termgate-65532: ",
            "; /dev/shm/termgate-65532: ",
            "hint: in a container, mount memory at /tmp (Docker: --tmpfs /tmp; Kubernetes: an emptyDir); or name a \
             writable directory with --run-dir",
        ],
    )
}

#[test]
fn without_dev_fd_or_memory_files_it_says_what_is_missing() -> Result<()> {
    needs!(Consul, Envoy);
    needs_containers!();
    fails(
        &Container { dev_fd: false, ..Container::default() },
        &[
            "error: cannot open /dev/fd, where Envoy reads its bootstrap",
            "hint: mount /proc and link /dev/fd to /proc/self/fd",
        ],
    )?;
    if let Err(reason) = Container::runtime_profile() {
        eprintln!("NOT TESTED: memory files that are refused: {reason}");
        return Ok(());
    }
    let refused = [("memfd_create", nix::libc::EPERM)].into();
    fails(
        &Container { refused, ..Container::default() },
        &[
            "error: cannot create the memory file for Envoy's bootstrap",
            "because: Operation not permitted",
            "hint: if a seccomp profile confines termgate, allow memfd_create",
        ],
    )
}

#[test]
fn a_profile_of_before_process_descriptors_does_not_matter() -> Result<()> {
    needs!(Consul, Envoy);
    needs_containers!();
    if let Err(reason) = Container::runtime_profile() {
        eprintln!("NOT TESTED: an old filter of system calls: {reason}");
        return Ok(());
    }
    for error in [nix::libc::EPERM, nix::libc::ENOSYS] {
        let refused = ["pidfd_open", "pidfd_send_signal", "close_range"].map(|name| (name, error)).into();
        Direct::start(&Container { refused, ..strict() }).and_then(Direct::ends)?;
    }
    Ok(())
}

#[test]
fn as_the_first_process_every_command_ends_by_a_signal() -> Result<()> {
    needs!(Envoy);
    needs_containers!();
    // An agent that takes connections and never answers.
    let silent = TcpListener::bind(("127.0.0.1", 0))?;
    let agent = silent.local_addr()?.to_string();
    let commands: [(&[&str], Option<i32>); 4] = [
        (&["connect", "envoy", "-gateway=terminating", "-register", "-address=127.0.0.1:8443"], None),
        (&["kv", "get", "key"], None),
        (&["services", "list", "--timeout=1m", "--service=edge"], None),
        (&["run", "--wait=1m", "--service=edge", "--address=127.0.0.1:8443"], Some(0)),
    ];
    for (words, code) in commands {
        for (signal, own) in [(Signal::SIGTERM, 143), (Signal::SIGINT, 130)] {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let mut running = Container::default().start(&words, &[("CONSUL_HTTP_ADDR", &agent)])?;
            // Once it has asked the agent, it is ready for signals.
            let (asked, _) = silent.accept()?;
            send(running.first()?, signal)?;
            let status =
                running.process.wait(Duration::from_secs(5)).context(format!("{words:?}, {signal}"))?;
            ensure!(status.code() == Some(code.unwrap_or(own)), "{words:?}, {signal}: {status}");
            drop(asked);
        }
    }
    Ok(())
}
