//! The edge: asks the agent, Envoy's admin server and this host, and with leave the servers of linked services.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::task::{JoinSet, spawn_blocking};

use super::facts::{Asked, Envoy, Facts, Grpc, GrpcOutcome, Host, Origin, Probe, Token, Trouble, XdsToken};
use crate::address_guard::{Meaning, meaning_unless_allowed};
use crate::bootstrap::HostPort;
use crate::collect::rights::{Checked, judged};
use crate::collect::{self, Gateway};
use crate::config_entry::tls_files;
use crate::consul::api::acl::Authorization;
use crate::consul::api::agent::Check;
use crate::consul::facts::{Agent, Fact};
use crate::consul::{self, Consul};
use crate::envoy::admin::{Admin, Live, xds_token};
use crate::envoy::{locate, record, version};
use crate::error::{CommandError, Kind};
use crate::gateway::registration::{KIND, listens};
use crate::monitor::Note;
use crate::render::{RenderOptions, Upstream, Upstreams};
use crate::rights::{Need, Resource, Scope, Subject, checked_needs};
use crate::settings::consul::{ConsulSettings, HttpAddress, TOKEN};
use crate::settings::doctor::DoctorSettings;
use crate::settings::run::RunDir;
use crate::snapshot::assemble::lacks_servers;
use crate::snapshot::{AgentService, EnvoyAnswers, Snapshot};
use crate::system::readers::{Reader, Verdict};
use crate::system::run_dir::Candidate;
use crate::system::{clock, interfaces, listening, read_file, resolve, tls_inspect, tls_shown};
use crate::tls_files::SYSTEM_CA;
use crate::tls_files::inspected::FileState;
use crate::upstream::Resolved;

/// Limit on a connection to the agent's gRPC port, and on its answer.
const GRPC_TIME: Duration = Duration::from_secs(1);

/// Servers that are connected to, and names that are looked up, at once.
const AT_ONCE: usize = 16;

/// What an agent says, and what this host has.
pub async fn of_agent(settings: &DoctorSettings, consul: &ConsulSettings) -> Facts {
    let envoy = {
        let settings = settings.clone();
        spawn_blocking(move || find_envoy(&settings))
    };
    let address = consul.address.clone();
    let is_local = spawn_blocking(move || is_local(&address)).await.unwrap_or(false);
    let origin = Origin::Agent { address: consul.address.display(), is_local };
    let wanted = settings.wanted();
    let mut facts = Facts::nothing(origin, wanted, settings.name.as_deref().unwrap_or(wanted));
    facts.now = clock::now().unix_timestamp();
    facts.token.origin = consul.token.as_ref().map(|_| consul.origins.name(&TOKEN));
    match Consul::new(consul) {
        Ok(client) => ask_agent(settings, &Arc::new(client), &mut facts).await,
        Err(error) => facts.agent = Asked::Failed(trouble(error)),
    }
    let of_host = Surroundings { settings: settings.clone(), facts: facts.clone() };
    if let Ok((host, (files, reader), grpc)) = spawn_blocking(move || of_host.look()).await {
        (facts.host, facts.files, facts.reader, facts.grpc) = (host, files, reader, grpc);
    }
    if let Ok((binary, version)) = envoy.await {
        facts.envoy = Envoy { binary, version, ..facts.envoy };
    }
    look_at_envoy(settings, &mut facts).await;
    facts.envoy.closed = note(settings, &facts).await.unwrap_or_default().closed;
    if let Some(token) = token_of_envoy(&facts, consul).await {
        facts.envoy.token = token;
    }
    reach(settings, &mut facts).await;
    facts
}

/// Asks again for what is known of the gateway besides the snapshot: its instances, their checks, and its TLS files.
pub async fn refresh(settings: &DoctorSettings, consul: &Consul, facts: &mut Facts) {
    let (checks, nodes) = tokio::join!(consul.agent_checks(), consul.mesh_nodes());
    facts.now = clock::now().unix_timestamp();
    facts.nodes = asked(nodes);
    facts.checks = own_checks(asked(checks), &facts.id);
    if facts.is_local() {
        let of_host = Surroundings { settings: settings.clone(), facts: facts.clone() };
        if let Ok(files) = spawn_blocking(move || of_host.files()).await {
            (facts.files, facts.reader) = files;
        }
    }
}

/// Those of the gateway, and those of its node.
fn own_checks(checks: Asked<Vec<Check>>, id: &str) -> Asked<Vec<Check>> {
    match checks {
        Asked::Is(checks) => {
            let is_own = |of: &str| of.is_empty() || of == id;
            Asked::Is(checks.into_iter().filter(|check| is_own(&check.service_id)).collect())
        }
        other => other,
    }
}

/// What a snapshot file says.
pub async fn of_file(settings: &DoctorSettings, path: &str, snapshot: Snapshot) -> Facts {
    const OFFLINE: &str = "a snapshot file does not say it";
    let gateway = &snapshot.gateway;
    let mut facts = Facts::nothing(Origin::File(path.to_owned()), &gateway.id, &gateway.service);
    facts.now = clock::now().unix_timestamp();
    (facts.agent, facts.skew) = (Asked::No(OFFLINE), Asked::No(OFFLINE));
    facts.token = Token { origin: None, own: Asked::No(OFFLINE), rights: Asked::No(OFFLINE) };
    (facts.services, facts.checks) = (Asked::No(OFFLINE), Asked::No(OFFLINE));
    (facts.nodes, facts.grpc, facts.files) = (Asked::No(OFFLINE), Asked::No(OFFLINE), Asked::No(OFFLINE));
    (facts.host, facts.envoy.live) = (Asked::No(OFFLINE), Asked::No(OFFLINE));
    (facts.envoy.binary, facts.envoy.version) = (Asked::No(OFFLINE), Asked::No(OFFLINE));
    if let Some(envoy) = &snapshot.envoy {
        let failed = || Trouble { message: envoy.error.clone(), ..Trouble::default() };
        let is_there = envoy.error.is_empty();
        facts.envoy.live = if is_there { Asked::Is(Live::of(envoy)) } else { Asked::Failed(failed()) };
        facts.envoy.answers = Some(Arc::clone(envoy));
    }
    // What has expired since did not fail then.
    let taken = snapshot.versions.as_ref().and_then(|versions| clock::parse(&versions.taken_at));
    facts.now = taken.map_or(facts.now, OffsetDateTime::unix_timestamp);
    facts.snapshot = Some(snapshot);
    reach(settings, &mut facts).await;
    facts
}

/// Whether the agent runs on this host, as far as its address shows.
fn is_local(address: &HttpAddress) -> bool {
    if address.is_local() {
        return true;
    }
    let HttpAddress::Tcp { host, .. } = address else { return true };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    // The agent's own name is looked up for every request anyway.
    let ip = resolve::resolve(host).ok();
    ip.is_some_and(|ip| interfaces::collect().is_ok_and(|interfaces| interfaces.owns(ip)))
}

async fn ask_agent(settings: &DoctorSettings, consul: &Arc<Consul>, facts: &mut Facts) {
    match consul.agent_and_clock().await {
        Ok((agent, date)) => {
            let ahead = date.as_deref().and_then(clock::parse_http);
            facts.skew = ahead.map_or(Asked::No("the agent does not say the time"), |ahead| {
                Asked::Is((ahead - clock::now()).whole_seconds())
            });
            facts.agent = Asked::Is(agent);
        }
        // It is there, and keeps to itself what it is.
        Err(error) if error.status() == Some(403) && !error.is_unknown_token() => {
            facts.agent = Asked::Is(Agent::unanswered(&error));
        }
        Err(error) => return facts.agent = Asked::Failed(trouble(error)),
    }
    let has_acls = facts.agent.is().is_none_or(|agent| agent.acls != Fact::Known(false));
    let own = async {
        match (has_acls, facts.token.origin.is_some()) {
            (false, _) => Asked::No("ACLs are off"),
            (true, false) => Asked::No("no token is given"),
            (true, true) => asked(consul.own_token().await),
        }
    };
    let (services, checks, nodes, own) =
        tokio::join!(consul.agent_services(), consul.agent_checks(), consul.mesh_nodes(), own);
    (facts.services, facts.nodes, facts.token.own) = (asked(services), asked(nodes), own);
    choose_gateway(settings, facts);
    facts.checks = own_checks(asked(checks), &facts.id);
    let gateway = Gateway::new(&facts.id, &facts.name);
    let collect::Survey { mut snapshot, lacking } = collect::survey(consul, &gateway).await;
    if snapshot.gateway.service.is_empty() {
        snapshot.gateway.service.clone_from(&facts.name);
    }
    facts.lacking = lacking.into_iter().map(|(part, error)| (part, trouble(error))).collect();
    if has_acls {
        facts.token.rights = rights(consul, &facts.name, &snapshot).await;
    }
    facts.snapshot = Some(snapshot);
}

/// The gateway that is meant: that of the flags, else the only one that the agent has.
fn choose_gateway(settings: &DoctorSettings, facts: &mut Facts) {
    let Some(services) = facts.services.is() else { return };
    let mut gateways = services.values().filter(|service| service.kind == KIND);
    let given = services.get(&facts.id);
    let chosen = match (given, &settings.id, &settings.name) {
        (Some(given), ..) => Some(given),
        (None, None, Some(name)) => {
            let mut named = gateways.filter(|gateway| gateway.service == *name);
            named.next().filter(|_| named.next().is_none())
        }
        (None, None, None) => gateways.next().filter(|_| gateways.next().is_none()),
        (None, Some(_), _) => None,
    };
    if let Some(AgentService { id, service, kind, .. }) = chosen.cloned() {
        facts.id = id;
        if settings.name.is_none() && kind == KIND {
            facts.name = service;
        }
    }
}

/// The rights that the gateway needs, and whether the token has them.
async fn rights(consul: &Consul, gateway: &str, snapshot: &Snapshot) -> Asked<Vec<Authorization>> {
    let subject = Subject::of(gateway, None, snapshot.entry.as_deref(), &snapshot.links);
    // What a wildcard stands for now is asked one by one, and of the agent another check knows more.
    let is_asked = |need: &Need| match need.resource {
        Resource::Service => need.scope != Scope::All,
        Resource::Node => true,
        Resource::Agent => false,
    };
    let needs = checked_needs(&subject).into_iter().filter(is_asked).collect();
    match judged(consul, needs).await {
        Ok((_, checked)) => Asked::Is(
            checked
                .into_iter()
                .map(|Checked { need, has }| Authorization {
                    allow: has,
                    ..Authorization::new(need.resource.name(), need.segment(), need.access.name())
                })
                .collect(),
        ),
        Err(error) => Asked::Failed(described(&error)),
    }
}

fn asked<T>(answer: Result<T, consul::Error>) -> Asked<T> {
    answer.map_or_else(|error| Asked::Failed(trouble(error)), Asked::Is)
}

/// An error of the agent as the checks take it.
fn trouble(error: impl Into<collect::Error>) -> Trouble {
    let error = error.into();
    let (is_denied, is_unknown_token) = (error.is_permission_denied(), error.is_unknown_token());
    let described = described(&CommandError::from(error));
    Trouble { is_denied, is_unknown_token: is_unknown_token || described.is_unknown_token, ..described }
}

/// An error of a command as the checks take it.
fn described(error: &CommandError) -> Trouble {
    let message = error.messages().join(": ");
    Trouble {
        is_denied: error.kind() == Kind::PermissionDenied,
        is_unknown_token: message.contains("ACL not found"),
        lacks_servers: lacks_servers(500, &message),
        help: error.hints().join("; "),
        message,
    }
}

fn find_envoy(settings: &DoctorSettings) -> (Asked<PathBuf>, Asked<version::EnvoyVersion>) {
    let failed = |message: String| Trouble { message, ..Trouble::default() };
    match locate::find(settings.envoy_binary.as_deref(), settings.search_path.as_deref()) {
        Err(error) => (Asked::Failed(failed(error.to_string())), Asked::No("no Envoy was found")),
        Ok(path) => {
            let version = version::read(&path);
            (
                Asked::Is(path),
                version.map_or_else(|error| Asked::Failed(failed(error.to_string())), Asked::Is),
            )
        }
    }
}

/// The TLS files of the entry, and as whom they are read.
type Files = (Asked<BTreeMap<String, FileState>>, String);

/// The looks at this host.
struct Surroundings {
    settings: DoctorSettings,
    facts: Facts,
}

impl Surroundings {
    fn look(self) -> (Asked<Host>, Files, Asked<Grpc>) {
        const ELSEWHERE: &str = "the agent, and so the gateway, is on another host";
        let grpc = self.grpc();
        if !self.facts.is_local() {
            return (Asked::No(ELSEWHERE), (Asked::No(ELSEWHERE), String::new()), grpc);
        }
        (self.host(), self.files(), grpc)
    }

    fn host(&self) -> Asked<Host> {
        let interfaces = match interfaces::collect() {
            Ok(interfaces) => interfaces,
            Err(error) => {
                return Asked::Failed(Trouble { message: error.to_string(), ..Trouble::default() });
            }
        };
        let mut ports = BTreeSet::new();
        if let Some(gateway) = self.facts.registration() {
            let config = self.facts.snapshot.as_ref().map(Snapshot::proxy_config).unwrap_or_default();
            let listens = listens(&lan(gateway), &gateway.tagged_addresses, &config);
            ports.extend(listens.iter().filter_map(|address| u16::try_from(address.port).ok()));
            ports.extend(u16::try_from(gateway.port));
        }
        ports.extend(
            self.facts
                .services
                .is()
                .into_iter()
                .flat_map(BTreeMap::values)
                .filter_map(|service| u16::try_from(service.port).ok().filter(|_| service.kind == KIND)),
        );
        let listening = listening::listening(&ports).ok();
        Asked::Is(Host {
            interfaces,
            listening: listening.map(|sockets| sockets.iter().map(|socket| socket.address).collect()),
            open_files: open_files(recorded(&self.candidates()).map(|record| record.process.pid())),
            run_dir: run_dir_fault(&self.candidates()),
        })
    }

    fn candidates(&self) -> Vec<Candidate> {
        Candidate::all(&self.settings.run_dir, &self.facts.id)
    }

    /// The process of the running Envoy: that of the run directory, else the Envoy that has the admin port.
    fn envoy(&self) -> Option<u32> {
        let recorded = recorded(&self.candidates()).map(|record| record.process.pid());
        recorded.or_else(|| {
            let pid = listening::process_at(self.settings.admin.port)?;
            let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
            name.contains("envoy").then_some(pid)
        })
    }

    /// The files of the entry, and as whom they are read: as the running Envoy, if it is known which one that is.
    fn files(&self) -> Files {
        let entry = super::entry(&self.facts);
        let Some(gateway) = entry.and_then(|entry| entry.terminating_gateway()) else {
            return (Asked::No("the gateway has no entry"), String::new());
        };
        let mut paths = tls_files::paths(&gateway);
        let has_system = paths.remove(SYSTEM_CA);
        let mut found = tls_inspect::inspect(&paths);
        if has_system {
            let bundle = self.settings.tls_files.system_bundle.iter().find(|path| path.is_file());
            let bundle = bundle.map(|path| path.display().to_string()).unwrap_or_default();
            let state = tls_inspect::inspect(&[bundle].into()).into_values().next();
            found.extend(state.map(|state| (SYSTEM_CA.to_owned(), state)));
        }
        let Some((reader, pid)) = self.envoy().and_then(|pid| Some((Reader::of_process(pid)?, pid))) else {
            let own = nix::unistd::geteuid();
            return (Asked::Is(found), format!("as user {own}, who runs this command"));
        };
        // What is not known to be readable or not, is not judged.
        found.retain(|path, state| match (reader.reads(Path::new(path)), &state) {
            (Verdict::Refused(why), FileState::Read(_) | FileState::Unreadable(_)) => {
                *state = FileState::Unreadable(why);
                true
            }
            (Verdict::Readable, FileState::Unreadable(_)) | (Verdict::Unknown(_), _) => false,
            _ => true,
        });
        (Asked::Is(found), format!("as user {}, whom the running Envoy (process {pid}) has", reader.uid))
    }

    fn grpc(&self) -> Asked<Grpc> {
        let Some(agent) = self.facts.agent.is() else { return Asked::No("the agent does not answer") };
        let port = match &agent.grpc {
            Fact::Known(port) => port,
            Fact::Absent => return Asked::No("gRPC is off; direct mode does not use it"),
            Fact::Unknown(_) => return Asked::No("the agent does not say its gRPC port"),
        };
        let host = match &self.settings.consul.as_ref().map(|consul| &consul.address) {
            Some(HttpAddress::Tcp { host, .. }) if !self.facts.is_local() => {
                host.trim_start_matches('[').trim_end_matches(']').parse().ok()
            }
            _ => Some(agent.loopback()),
        };
        let Some(ip) = host else { return Asked::No("the agent is named by a host name") };
        let address = SocketAddr::new(ip, port.port);
        Asked::Is(Grpc { address, tls: port.tls, outcome: http2(address) })
    }
}

/// The address that is registered, with the port.
pub(super) fn lan(gateway: &AgentService) -> crate::snapshot::ServiceAddress {
    crate::snapshot::ServiceAddress { address: gateway.address.clone(), port: gateway.port }
}

/// What answers to the first bytes of HTTP/2.
fn http2(address: SocketAddr) -> GrpcOutcome {
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    const SETTINGS: u8 = 4;
    const ALERT: u8 = 21;
    let mut stream = match TcpStream::connect_timeout(&address, GRPC_TIME) {
        Ok(stream) => stream,
        Err(error) => return GrpcOutcome::Unreachable(error.to_string()),
    };
    let mut head = [0; 9];
    let exchange = stream
        .set_read_timeout(Some(GRPC_TIME))
        .and_then(|()| stream.write_all(PREFACE))
        .and_then(|()| stream.read(&mut head));
    match (exchange, head) {
        (Ok(4..), [0, _, _, SETTINGS, ..]) => GrpcOutcome::Http2,
        (Ok(2..), [ALERT, 3, ..]) => GrpcOutcome::Tls,
        // Go's servers close the connection of a client that does not speak TLS without a word.
        (Ok(0), _) => match tls_shown::look(address, "") {
            crate::upstream::Shown::Tls(_) => GrpcOutcome::Tls,
            _ => GrpcOutcome::Other,
        },
        _ => GrpcOutcome::Other,
    }
}

/// The soft limit on open files of a process, or of this one.
fn open_files(pid: Option<u32>) -> Option<u64> {
    let of = |process: &str| std::fs::read_to_string(format!("/proc/{process}/limits")).ok();
    let limits = pid.and_then(|pid| of(&pid.to_string())).or_else(|| of("self"))?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    let soft = line.split_whitespace().next()?;
    if soft == "unlimited" { Some(u64::MAX) } else { soft.parse().ok() }
}

/// Why none of these folders can be the run directory: none of them, and nothing above them, can be written to.
fn run_dir_fault(candidates: &[Candidate]) -> Option<String> {
    use nix::unistd::{AccessFlags, access};

    let is_usable = |candidate: &Candidate| {
        let mut folders = candidate.path().ancestors();
        let there = folders.find(|folder| folder.exists());
        there.is_some_and(|folder| {
            folder.is_dir() && access(folder, AccessFlags::W_OK | AccessFlags::X_OK).is_ok()
        })
    };
    if candidates.iter().any(is_usable) {
        return None;
    }
    let paths: Vec<String> = candidates.iter().map(|found| found.path().display().to_string()).collect();
    Some(paths.join(", "))
}

/// Looks at the running Envoy, where it can be on this host.
pub async fn look_at_envoy(settings: &DoctorSettings, facts: &mut Facts) {
    if !facts.is_local() {
        facts.envoy.live = Asked::No("the gateway is on another host");
        return;
    }
    facts.envoy.admin = find_admin(&settings.run_dir, &facts.id, &settings.admin).await;
    let Some(address) = facts.envoy.admin else { return };
    if settings.bundle.is_none() {
        let live = async { Admin::new(address)?.live().await };
        facts.envoy.live = live.await.map_or_else(|error| Asked::Failed(silent(&error)), Asked::Is);
        return;
    }
    let answers = everything(address).await;
    facts.envoy.live = if answers.error.is_empty() {
        Asked::Is(Live::of(&answers))
    } else {
        Asked::Failed(Trouble { message: answers.error.clone(), ..Trouble::default() })
    };
    facts.envoy.answers = Some(Arc::new(answers));
}

/// The token that Envoy sends to Consul, if it asks Consul itself.
async fn token_of_envoy(facts: &Facts, consul: &ConsulSettings) -> Option<Asked<XdsToken>> {
    facts.envoy.live.is().filter(|live| live.is_of_consul && live.node == facts.id)?;
    let token = if let Some(answers) = &facts.envoy.answers {
        Ok(xds_token(&answers.config_dump))
    } else {
        let address = facts.envoy.admin?;
        async { Admin::new(address)?.xds_token().await }.await
    };
    Some(match token {
        Err(error) => Asked::Failed(silent(&error)),
        Ok(None) => Asked::Is(XdsToken::Missing),
        Ok(Some(token)) if consul.token.as_ref() == Some(&token) => Asked::Is(XdsToken::Same),
        Ok(Some(_)) => Asked::Is(XdsToken::Other),
    })
}

fn silent(error: &crate::envoy::admin::Error) -> Trouble {
    Trouble { message: error.to_string(), ..Trouble::default() }
}

/// Where the admin server of the gateway's Envoy is: that of the Envoy that runs for it here, else where it is said to be.
pub async fn find_admin(run_dir: &RunDir, id: &str, given: &HostPort) -> Option<SocketAddr> {
    let (candidates, given) = (Candidate::all(run_dir, id), given.clone());
    let find = move || match recorded(&candidates) {
        Some(record) => Some(record.start.admin),
        None => resolve::resolve(&given.host).ok().map(|ip| SocketAddr::new(ip, given.port)),
    };
    spawn_blocking(find).await.ok().flatten()
}

/// What the running gateway has written down of itself, if it runs here.
pub async fn note(settings: &DoctorSettings, facts: &Facts) -> Option<Note> {
    if !facts.is_local() {
        return None;
    }
    let folders = Candidate::all(&settings.run_dir, &facts.id);
    let read = move || {
        let there = folders.iter().filter(|folder| folder.is_there());
        there.map(|folder| PathBuf::from(folder.path())).find_map(|path| Note::read(&path))
    };
    spawn_blocking(read).await.ok().flatten()
}

/// The running Envoy that one of these folders is about.
fn recorded(candidates: &[Candidate]) -> Option<record::Record> {
    candidates.iter().find_map(|candidate| record::running(&candidate.envoy_record()))
}

/// All that an admin server answers, or why it does not.
pub async fn everything(address: SocketAddr) -> EnvoyAnswers {
    let answers = async { Admin::new(address)?.everything().await };
    let failed = |error: crate::envoy::admin::Error| EnvoyAnswers {
        error: error.to_string(),
        ..EnvoyAnswers::default()
    };
    answers.await.unwrap_or_else(failed)
}

/// Names are looked up, and servers connected to, only where that is asked for.
async fn reach(settings: &DoctorSettings, facts: &mut Facts) {
    if !settings.resolves && !settings.probes {
        return;
    }
    let Some(snapshot) = &facts.snapshot else { return };
    let options = RenderOptions { system_ca: settings.tls_files.system_ca, ..RenderOptions::default() };
    let upstreams = Upstreams::of(snapshot, &options);
    let names: BTreeSet<String> = upstreams
        .iter()
        .flat_map(|upstream| &upstream.addresses)
        .map(|(host, _)| host.clone())
        .filter(|host| !host.is_empty() && crate::address_guard::read(host).is_none())
        .collect();
    let found = beside(names.into_iter().collect(), |name: &String| resolve::look_up(name)).await;
    if settings.probes {
        facts.probes = Asked::Is(probe(settings, &upstreams, &found).await);
    }
    let addresses =
        found.iter().filter_map(|(name, found)| Some((name.clone(), found.as_ref().ok()?.clone())));
    facts.resolved = addresses.collect();
    let resolved = found.into_iter().map(|(name, found)| {
        let resolved = match found {
            Ok(found) if found.is_empty() => Resolved::Nothing("it has no address".to_owned()),
            Ok(found) => Resolved::Addresses {
                v4: found.iter().any(IpAddr::is_ipv4),
                v6: found.iter().any(IpAddr::is_ipv6),
            },
            Err(error) => Resolved::Nothing(error.to_string()),
        };
        (name, resolved)
    });
    facts.names = Asked::Is(resolved.collect());
}

async fn probe(
    settings: &DoctorSettings,
    upstreams: &Upstreams,
    names: &[(String, std::io::Result<Vec<IpAddr>>)],
) -> Vec<Probe> {
    let ips = |upstream: &Upstream, host: &str| -> Vec<IpAddr> {
        if let Some(ip) = crate::address_guard::read(host) {
            return vec![ip];
        }
        let found = names.iter().find(|(name, _)| name == host).and_then(|(_, found)| found.as_ref().ok());
        let usable = |ip: &&IpAddr| ip.is_ipv4() || !upstream.ipv4_only;
        found.into_iter().flatten().filter(usable).copied().collect()
    };
    let mut wanted = BTreeSet::new();
    let mut pem: BTreeMap<String, Option<Arc<str>>> = BTreeMap::new();
    let mut read = |path: &str| {
        let found = pem.entry(path.to_owned()).or_insert_with(|| {
            let read = read_file::regular(Path::new(path), read_file::PEM);
            read.ok().map(|(bytes, _)| Arc::from(&*String::from_utf8_lossy(&bytes)))
        });
        found.clone()
    };
    for upstream in upstreams.iter() {
        let sni = upstream.tls.as_ref().map(|tls| tls.sni.clone()).unwrap_or_default();
        let file = upstream.tls.as_ref().map(|tls| &tls.authorities).filter(|path| *path != SYSTEM_CA);
        let authorities = file.and_then(|path| read(path));
        let mutual = upstream.tls.as_ref().filter(|tls| !tls.certificate.is_empty());
        let pair = mutual.and_then(|tls| Some((read(&tls.certificate)?, read(&tls.key)?)));
        for (host, port) in &upstream.addresses {
            let name = if sni.is_empty() { host.clone() } else { sni.clone() };
            for ip in ips(upstream, host) {
                // Never an address that no service is meant to have.
                let meaning = meaning_unless_allowed(ip, &settings.allowed_addresses);
                if !meaning.is_some_and(Meaning::is_never_meant) {
                    wanted.insert(Look {
                        service: upstream.service.clone(),
                        address: SocketAddr::new(ip, *port),
                        name: name.clone(),
                        authorities: authorities.clone(),
                        pair: pair.clone(),
                    });
                }
            }
        }
    }
    let looked =
        beside(wanted.into_iter().collect(), |Look { address, name, authorities, pair, .. }: &Look| {
            let pair = pair.as_ref().map(|(chain, key)| tls_shown::Pair { chain, key });
            tls_shown::look_trusting(*address, name, authorities.as_deref(), pair)
        });
    let looked = looked.await.into_iter();
    looked
        .map(|(Look { service, address, .. }, (shown, distrust))| Probe { service, address, shown, distrust })
        .collect()
}

/// A look at a server, as Envoy would connect to it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Look {
    service: String,
    address: SocketAddr,
    name: String,
    authorities: Option<Arc<str>>,
    /// Certificate and key.
    pair: Option<(Arc<str>, Arc<str>)>,
}

/// Does something that blocks with each of these, a few at once.
async fn beside<T, R>(all: Vec<T>, look: impl Fn(&T) -> R + Copy + Send + 'static) -> Vec<(T, R)>
where
    T: Ord + Send + 'static,
    R: Send + 'static,
{
    let mut waiting = all.into_iter();
    let mut running = JoinSet::new();
    let mut done = Vec::new();
    loop {
        while running.len() < AT_ONCE
            && let Some(next) = waiting.next()
        {
            running.spawn_blocking(move || {
                let found = look(&next);
                (next, found)
            });
        }
        match running.join_next().await {
            None => break,
            Some(found) => done.extend(found),
        }
    }
    done.sort_by(|(first, _), (second, _)| first.cmp(second));
    done
}
