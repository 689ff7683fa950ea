//! Each check finds what it is for, and finds nothing on a gateway on which nothing is wrong.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::*;
use crate::boringssl;
use crate::consul::api::acl::{Authorization, OwnToken};
use crate::consul::facts::Agent;
use crate::doctor::facts::{Envoy, Facts, Grpc, GrpcOutcome, Host, Origin, Probe, Token, Trouble, XdsToken};
use crate::envoy::admin::{Live, LiveCluster};
use crate::envoy::certificates::Expiry;
use crate::envoy::version::EnvoyVersion;
use crate::snapshot::Snapshot;
use crate::snapshot::assemble::Answer;
use crate::tls_files::inspected::{Content, FileState};
use crate::upstream::{Certificate, Handshake, Resolved, Shown};

/// 2026-06-01.
const NOW: i64 = 1_780_272_000;

fn agent() -> Value {
    json!({
        "Config": {"Version": "1.8.7", "Datacenter": "dc1", "NodeName": "agent-one"},
        "DebugConfig": {"ACLsEnabled": true, "ConnectEnabled": true, "GRPCPort": 8502},
        "xDS": {"SupportedProxies": {"envoy": ["1.14.5"]}},
    })
}

fn snapshot() -> Value {
    json!({
        "Format": 1, "ConsulVersion": "1.8.7", "Datacenter": "dc1",
        "DefaultIntention": "deny", "DefaultIntentionSource": "acl-policy",
        "Gateway": {
            "Kind": "terminating-gateway", "ID": "gw", "Service": "gw", "Address": "10.0.0.5", "Port": 8443,
            "Proxy": {"Config": {}},
        },
        "Roots": {"TrustDomain": "td.consul", "ActiveRootID": "r", "Roots": [{"ID": "r", "RootCert": "R", "Active": true}]},
        "Entry": {"Name": "gw", "Services": [{"Name": "web", "CAFile": "/ca.pem", "SNI": "web.example"}]},
        "Links": [{"Service": {"Name": "web"}, "CAFile": "/ca.pem", "SNI": "web.example"}],
        "Instances": {"web": [instance("10.0.0.9")]},
        "ServiceDefaults": {"web": {"Name": "web", "Protocol": "http"}},
        "Intentions": [{"SourceName": "app", "DestinationName": "web", "Action": "allow", "Precedence": 9}],
    })
}

fn instance(address: &str) -> Value {
    json!({
        "Node": {"Node": "outside", "Address": "10.0.0.9", "Datacenter": "dc1"},
        "Service": {"ID": "web", "Service": "web", "Address": address, "Port": 8080},
        "Checks": [{"CheckID": "up", "Status": "passing"}],
    })
}

fn nodes() -> Value {
    json!([
        {"Node": "agent-one", "Address": "10.0.0.5", "Services": [
            {"Kind": "terminating-gateway", "ID": "gw", "Service": "gw", "Address": "10.0.0.5", "Port": 8443},
        ]},
        {"Node": "other", "Address": "10.0.0.6", "Services": [
            {"Kind": "connect-proxy", "ID": "app-proxy", "Service": "app-proxy", "Port": 21_000,
             "Proxy": {"DestinationServiceName": "app", "Upstreams": [{"DestinationName": "web"}]}},
        ]},
        {"Node": "outside", "Address": "10.0.0.9", "Services": [{"ID": "web", "Service": "web", "Port": 8080}]},
    ])
}

fn interfaces(addresses: &[&str]) -> Value {
    json!({"interfaces": [{"name": "eth0", "index": 1, "addrs": addresses}]})
}

fn authorities(pem: &str) -> FileState {
    let content = Content {
        authorities: boringssl::authorities(pem),
        chain: boringssl::chain(pem),
        key: boringssl::private_key(pem),
        world_readable: false,
    };
    FileState::Read(content)
}

fn certificate(until: (i32, u8, u8)) -> (String, String) {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["web.example".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(until.0, until.1, until.2);
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

fn parsed<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// A gateway without faults; every fact about it is known.
fn healthy() -> Facts {
    let cluster = LiveCluster {
        name: "web.default.dc1.internal.td.consul".to_owned(),
        hosts: 1,
        healthy: 1,
        tried: 3,
        ..LiveCluster::default()
    };
    let live = Live {
        version: "1.40.0".to_owned(),
        state: "LIVE".to_owned(),
        node: "gw".to_owned(),
        listeners: vec!["10.0.0.5:8443".parse().unwrap()],
        clusters: vec![cluster],
        expires: Some(Expiry { start: NOW, end: NOW + 259_200, name: "spiffe://a".to_owned() }),
        certified: Some(["web".to_owned()].into()),
        is_connected: Some(true),
        ..Live::default()
    };
    let right = |resource: &str, segment: &str, access: &str| Authorization {
        allow: true,
        ..Authorization::new(resource, segment, access)
    };
    let origin = Origin::Agent { address: "http://127.0.0.1:8500".to_owned(), is_local: true };
    Facts {
        now: NOW,
        agent: Asked::Is(Agent::read(&agent())),
        skew: Asked::Is(0),
        token: Token {
            origin: Some("CONSUL_HTTP_TOKEN".to_owned()),
            own: Asked::Is(OwnToken { accessor: "a".to_owned(), ..OwnToken::default() }),
            rights: Asked::Is(vec![
                right("service", "gw", "write"),
                right("node", "any", "read"),
                right("service", "web", "write"),
            ]),
        },
        snapshot: Some(parsed(snapshot())),
        services: Asked::Is(parsed(json!({"gw": snapshot()["Gateway"]}))),
        checks: Asked::Is(parsed(json!([
            {"CheckID": "service:gw", "Name": "listening", "Status": "passing", "ServiceID": "gw"},
        ]))),
        nodes: Asked::Is(parsed(nodes())),
        grpc: Asked::Is(Grpc {
            address: "127.0.0.1:8502".parse().unwrap(),
            tls: false,
            outcome: GrpcOutcome::Http2,
        }),
        host: Asked::Is(Host {
            interfaces: parsed(interfaces(&["127.0.0.1/8", "10.0.0.5/24"])),
            listening: Some(["10.0.0.5:8443", "127.0.0.1:19000"].map(|at| at.parse().unwrap()).into()),
            open_files: Some(65_536),
            run_dir: None,
        }),
        envoy: Envoy {
            binary: Asked::Is("/usr/bin/envoy".into()),
            version: Asked::Is(EnvoyVersion::parse("1.40.0").unwrap()),
            admin: Some("127.0.0.1:19000".parse().unwrap()),
            live: Asked::Is(live),
            answers: None,
            closed: Vec::new(),
            token: Asked::Is(XdsToken::Same),
        },
        files: Asked::Is([("/ca.pem".to_owned(), authorities(&certificate((2027, 1, 1)).0))].into()),
        names: Asked::Is(BTreeMap::new()),
        probes: Asked::Is(vec![shown(tls(&["web.example"], false))]),
        ..Facts::nothing(origin, "gw", "gw")
    }
}

fn tls(names: &[&str], asks: bool) -> Shown {
    let names = names.iter().map(ToString::to_string).collect();
    Shown::Tls(Handshake {
        certificate: Some(Certificate { names, ..Certificate::default() }),
        asks_for_certificate: asks,
        alert: asks.then(|| "CertificateRequired".to_owned()),
        ..Handshake::default()
    })
}

fn shown(shown: Shown) -> Probe {
    Probe { service: "web".to_owned(), address: "10.0.0.9:8080".parse().unwrap(), shown, distrust: None }
}

fn failed<T>(message: &str) -> Asked<T> {
    Asked::Failed(Trouble { message: message.to_owned(), ..Trouble::default() })
}

/// Changes the snapshot: each pointer gets its value.
fn state(facts: &mut Facts, changes: &Value) {
    let mut value = snapshot();
    set(&mut value, changes);
    facts.snapshot = Some(parsed(value));
}

fn set(value: &mut Value, changes: &Value) {
    for (pointer, new) in changes.as_object().unwrap() {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = value.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer}"));
        match key.parse::<usize>() {
            Ok(_) if parent.is_array() => *value.pointer_mut(pointer).unwrap() = new.clone(),
            _ => parent[key] = new.clone(),
        }
    }
}

fn catalog(facts: &mut Facts, changes: &Value) {
    let mut value = nodes();
    set(&mut value, changes);
    facts.nodes = Asked::Is(parsed(value));
}

fn live(facts: &mut Facts, change: impl FnOnce(&mut Live)) {
    let Asked::Is(live) = &mut facts.envoy.live else { panic!() };
    change(live);
}

fn host(facts: &mut Facts, change: impl FnOnce(&mut Host)) {
    let Asked::Is(host) = &mut facts.host else { panic!() };
    change(host);
}

fn file(facts: &mut Facts, state: FileState) {
    facts.files = Asked::Is([("/ca.pem".to_owned(), state)].into());
}

fn refuse(facts: &mut Facts, segment: &str) {
    let Asked::Is(rights) = &mut facts.token.rights else { panic!() };
    for right in rights.iter_mut().filter(|right| right.segment == segment) {
        right.allow = false;
    }
}

fn link(facts: &mut Facts, settings: &Value) {
    let mut service = json!({"Name": "web"});
    let mut link = json!({"Service": {"Name": "web"}});
    for (key, value) in settings.as_object().unwrap() {
        service[key] = value.clone();
        link[key] = value.clone();
    }
    state(facts, &json!({"/Entry/Services": [service], "/Links": [link]}));
}

/// Mutual TLS with these files.
fn pair(facts: &mut Facts, certificate: FileState, key: FileState) {
    link(
        facts,
        &json!({"CAFile": "/ca.pem", "CertFile": "/c.pem", "KeyFile": "/k.pem", "SNI": "web.example"}),
    );
    let Asked::Is(files) = &mut facts.files else { panic!() };
    files.insert("/c.pem".to_owned(), certificate);
    files.insert("/k.pem".to_owned(), key);
}

fn permissions(facts: &mut Facts, protocol: &str, http: &Value) {
    state(
        facts,
        &json!({
            "/ServiceDefaults/web/Protocol": protocol,
            "/Intentions/0/Action": "",
            "/Intentions/0/Permissions": [{"Action": "allow", "HTTP": http}],
        }),
    );
}

/// A code, and what makes its check find something. Of several lines with one code each has to.
type Line = (Code, fn(&mut Facts));

const BROKEN: &[Line] = &[
    (Code::AgentUnreachable, |facts| facts.agent = failed("connection refused")),
    (Code::NoLeader, |facts| {
        facts.nodes = Asked::Failed(Trouble { lacks_servers: true, ..Trouble::default() });
    }),
    (Code::AgentTooOld, |facts| {
        facts.agent = Asked::Is(Agent::read(&json!({"Config": {"Version": "1.7.4"}})));
    }),
    (Code::AgentRemote, |facts| {
        facts.origin = Origin::Agent { address: "http://10.0.0.1:8500".to_owned(), is_local: false };
    }),
    (Code::DatacenterDiffers, |facts| state(facts, &json!({"/Instances/web/0/Node/Datacenter": "dc2"}))),
    (Code::DatacenterDiffers, |facts| state(facts, &json!({"/Gateway/Datacenter": "dc2"}))),
    (Code::ConnectDisabled, |facts| {
        let mut said = agent();
        said["DebugConfig"]["ConnectEnabled"] = json!(false);
        facts.agent = Asked::Is(Agent::read(&said));
    }),
    (Code::ConnectDisabled, |facts| state(facts, &json!({"/Roots/Roots": []}))),
    (Code::ClockSkew, |facts| facts.skew = Asked::Is(-120)),
    (Code::GrpcUnreachable, |facts| {
        let Asked::Is(grpc) = &mut facts.grpc else { panic!() };
        grpc.outcome = GrpcOutcome::Unreachable("refused".to_owned());
    }),
    (Code::GrpcUnreachable, |facts| {
        let Asked::Is(grpc) = &mut facts.grpc else { panic!() };
        grpc.outcome = GrpcOutcome::Tls;
    }),
    (Code::NoToken, |facts| facts.token.origin = None),
    (Code::TokenUnknown, |facts| {
        facts.token.own = Asked::Failed(Trouble { is_unknown_token: true, ..Trouble::default() });
    }),
    (Code::TokenExpires, |facts| {
        let Asked::Is(own) = &mut facts.token.own else { panic!() };
        own.expiration_time = Some("2026-06-01T05:00:00Z".to_owned());
    }),
    (Code::AgentReadMissing, |facts| {
        let failure = crate::consul::Failure::Status { status: 403, body: "Permission denied".to_owned() };
        let (method, path) = ("GET".to_owned(), "/".to_owned());
        let error = crate::consul::Error { method, path, address: "".into(), failure, hint: None };
        facts.agent = Asked::Is(Agent::unanswered(&error));
    }),
    (Code::GatewayWriteMissing, |facts| refuse(facts, "gw")),
    (Code::ServiceWriteMissing, |facts| refuse(facts, "web")),
    (Code::NodeReadMissing, |facts| {
        refuse(facts, "any");
        state(facts, &json!({"/Instances": {}}));
    }),
    (Code::LinkHidden, |facts| state(facts, &json!({"/Links": []}))),
    (Code::NotAnswered, |facts| facts.lacking.push((Answer::Links, Trouble::default()))),
    (Code::GatewayNotRegistered, |facts| state(facts, &json!({"/Gateway": {"Service": "gw"}}))),
    (Code::GatewayOfAnotherKind, |facts| state(facts, &json!({"/Gateway/Kind": ""}))),
    (Code::GatewayInMaintenance, |facts| {
        facts.checks = Asked::Is(parsed(json!([
            {"CheckID": "_service_maintenance:gw", "Status": "critical", "ServiceID": "gw", "Output": "x"},
        ])));
    }),
    (Code::AddressOfAnotherHost, |facts| state(facts, &json!({"/Gateway/Address": "10.0.0.77"}))),
    (Code::BadAddress, |facts| state(facts, &json!({"/Gateway/Address": "0.0.0.0"}))),
    (Code::BadAddress, |facts| state(facts, &json!({"/Gateway/Port": 0}))),
    (Code::GatewayNotListening, |facts| host(facts, |host| host.listening = Some(BTreeSet::new()))),
    (Code::HealthCheckMisses, |facts| {
        facts.checks = Asked::Is(parsed(json!([
            {"Status": "critical", "ServiceID": "gw", "Output": "dial tcp [::1]:9: connect: connection refused"},
        ])));
    }),
    (Code::GatewayCheckFailing, |facts| {
        facts.checks = Asked::Is(parsed(json!([{"Name": "l", "Status": "critical", "ServiceID": "gw"}])));
    }),
    (Code::AddressShared, |facts| {
        let mut other = snapshot()["Gateway"].clone();
        (other["ID"], other["Kind"]) = (json!("other"), json!(""));
        facts.services = Asked::Is(parsed(json!({"gw": snapshot()["Gateway"], "other": other})));
    }),
    (Code::GatewayTwice, |facts| catalog(facts, &json!({"/1/Services/0": nodes()[0]["Services"][0]}))),
    (Code::LeftoverRegistration, |facts| {
        let mut other = snapshot()["Gateway"].clone();
        (other["ID"], other["Port"]) = (json!("gw-2"), json!(8444));
        facts.services = Asked::Is(parsed(json!({"gw": snapshot()["Gateway"], "gw-2": other})));
    }),
    (Code::ReplicasDiffer, |facts| {
        catalog(
            facts,
            &json!({"/1/Services/0": {
                "Kind": "terminating-gateway", "ID": "gw-2", "Service": "gw", "Address": "10.0.0.6", "Port": 8443,
                "Proxy": {"Config": {"connect_timeout_ms": 1}},
            }}),
        );
    }),
    (Code::LoopbackAddress, |facts| state(facts, &json!({"/Gateway/Address": "127.0.0.1"}))),
    (Code::PublicWanAddress, |facts| {
        state(facts, &json!({"/Gateway/TaggedAddresses": {"wan": {"Address": "8.8.8.8", "Port": 8443}}}));
    }),
    (Code::PublicWanAddress, |facts| {
        state(facts, &json!({"/Gateway/TaggedAddresses": {"wan": {"Address": "0.0.0.0", "Port": 8443}}}));
    }),
    (Code::BadProxyConfig, |facts| {
        state(facts, &json!({"/Gateway/Proxy/Config": {"connect_timeout_ms": "soon"}}));
    }),
    (Code::UnknownProxyConfig, |facts| {
        state(facts, &json!({"/Gateway/Proxy/Config": {"envoy_stats_bind_adr": "127.0.0.1:9102"}}));
    }),
    (Code::BadBind, |facts| {
        state(
            facts,
            &json!({"/Gateway/Proxy/Config": {
                "envoy_gateway_no_default_bind": true,
                "envoy_gateway_bind_addresses": {"a": {"Address": "gateway.example", "Port": 8443}},
            }}),
        );
    }),
    (Code::NoEntry, |facts| state(facts, &json!({"/Entry": null, "/Links": []}))),
    (Code::NoServices, |facts| state(facts, &json!({"/Entry/Services": [], "/Links": []}))),
    (Code::LinksItself, |facts| state(facts, &json!({"/Entry/Services": [{"Name": "gw"}]}))),
    (Code::LinksConsul, |facts| state(facts, &json!({"/Entry/Services": [{"Name": "consul"}]}))),
    (Code::PartialWildcard, |facts| state(facts, &json!({"/Entry/Services": [{"Name": "we*"}]}))),
    (Code::SameButForCase, |facts| {
        state(facts, &json!({"/Entry/Services": [{"Name": "web"}, {"Name": "Web"}]}));
    }),
    (Code::PaddedName, |facts| state(facts, &json!({"/Entry/Services": [{"Name": " web"}]}))),
    (Code::UnexpandedTemplate, |facts| state(facts, &json!({"/Entry/Services": [{"Name": "${WEB}"}]}))),
    (Code::WildcardTlsNotInherited, |facts| {
        state(
            facts,
            &json!({"/Entry/Services": [{"Name": "*", "CAFile": "/ca.pem", "SNI": "a"}, {"Name": "web"}]}),
        );
    }),
    (Code::BadEntrySetting, |facts| {
        state(facts, &json!({"/ServiceDefaults/web/Meta": {"termgate-request-timeout": "soon"}}));
    }),
    (Code::EntryIgnored, |facts| {
        state(facts, &json!({"/ServiceDefaults": {"Web": {"Name": "Web", "Protocol": "http"}}}));
    }),
    (Code::Unanswered, |facts| state(facts, &json!({"/Unanswered": {"web": {"instance": "status 500"}}}))),
    (Code::NoInstance, |facts| state(facts, &json!({"/Instances": {}}))),
    (Code::ServiceOnAgentNode, |facts| state(facts, &json!({"/Instances/web/0/Node/Node": "agent-one"}))),
    (Code::BadInstance, |facts| state(facts, &json!({"/Instances/web/0": instance("https://web.example")}))),
    (Code::BadInstance, |facts| state(facts, &json!({"/Instances/web/0/Service/Port": 70_000}))),
    (Code::NoHealthyInstance, |facts| {
        state(facts, &json!({"/Instances/web/0/Checks/0/Status": "critical"}));
    }),
    (Code::BadName, |facts| {
        state(
            facts,
            &json!({
                "/Links": [{"Service": {"Name": "web"}}, {"Service": {"Name": "WEB"}}],
                "/Instances": {"web": [instance("10.0.0.9")], "WEB": [instance("10.0.0.9")]},
            }),
        );
    }),
    (Code::OtherNamespace, |facts| {
        state(
            facts,
            &json!({
                "/Links/0/Service/Namespace": "other",
                "/Leaves": {"web": {"CertPEM": "C", "ServiceURI": "spiffe://td.consul/ns/default/dc/dc1/svc/web"}},
            }),
        );
    }),
    (Code::ForbiddenAddress, |facts| state(facts, &json!({"/Instances/web/0": instance("169.254.169.254")}))),
    (Code::ForbiddenAddress, |facts| {
        state(facts, &json!({"/Instances/web/0": instance("web.example")}));
        facts
            .resolved
            .insert("web.example".to_owned(), vec![[10, 0, 0, 1].into(), [169, 254, 169, 254].into()]);
    }),
    (Code::LinkLocalAddress, |facts| state(facts, &json!({"/Instances/web/0": instance("169.254.3.4")}))),
    (Code::LinkLocalAddress, |facts| {
        state(facts, &json!({"/Instances/web/0": instance("web.example")}));
        facts.resolved.insert("web.example".to_owned(), vec![[169, 254, 3, 4].into()]);
    }),
    (Code::LoopbackUpstream, |facts| state(facts, &json!({"/Instances/web/0": instance("127.0.0.2")}))),
    (Code::AddressesIgnored, |facts| {
        state(facts, &json!({"/Instances/web": [instance("10.0.0.9"), instance("web.example")]}));
    }),
    (Code::HostnamesIgnored, |facts| {
        state(facts, &json!({"/Instances/web": [instance("a.example"), instance("b.example")]}));
    }),
    (Code::AlsoInMesh, |facts| {
        catalog(facts, &json!({"/1/Services/0/Proxy/DestinationServiceName": "web"}));
    }),
    (Code::WildcardLinksMesh, |facts| {
        catalog(facts, &json!({"/1/Services/0/Proxy/DestinationServiceName": "web"}));
        state(facts, &json!({"/Links/0/FromWildcard": true}));
    }),
    (Code::UnknownProtocol, |facts| state(facts, &json!({"/ServiceDefaults/web/Protocol": "htttp"}))),
    (Code::ResolverIgnored, |facts| {
        state(
            facts,
            &json!({"/ServiceResolvers": {"web": {"Name": "web", "Redirect": {"Service": "other"}}}}),
        );
    }),
    (Code::BadFilter, |facts| {
        let subsets = json!({"v1": {"Filter": "Service.Meta.version = v1"}});
        state(facts, &json!({"/ServiceResolvers": {"web": {"Name": "web", "Subsets": subsets}}}));
    }),
    (Code::ExtensionUnknown, |facts| {
        state(facts, &json!({"/ServiceDefaults/web/EnvoyExtensions": [{"Name": "builtin/unheard-of"}]}));
    }),
    (Code::UpstreamUnresolved, |facts| {
        state(facts, &json!({"/Instances/web/0": instance("web.example")}));
        facts.names =
            Asked::Is([("web.example".to_owned(), Resolved::Nothing("no such name".to_owned()))].into());
    }),
    (Code::TlsIgnored, |facts| link(facts, &json!({"SNI": "web.example"}))),
    (Code::TlsWithoutSni, |facts| link(facts, &json!({"CAFile": "/ca.pem"}))),
    (Code::WildcardSni, |facts| {
        state(facts, &json!({"/Entry/Services": [{"Name": "*", "CAFile": "/ca.pem", "SNI": "web.example"}]}));
    }),
    (Code::RelativePath, |facts| link(facts, &json!({"CAFile": "ca.pem", "SNI": "web.example"}))),
    (Code::InlinePem, |facts| {
        link(facts, &json!({"CAFile": "-----BEGIN CERTIFICATE-----\nMII", "SNI": "web.example"}));
    }),
    (Code::SwappedCertAndKey, |facts| {
        link(facts, &json!({"CAFile": "/ca.pem", "CertFile": "/web.key", "KeyFile": "/web.crt", "SNI": "a"}));
    }),
    (Code::FileMissing, |facts| file(facts, FileState::Missing)),
    (Code::FileUnreadable, |facts| file(facts, FileState::Unreadable("permission denied".to_owned()))),
    (Code::FileNotPem, |facts| file(facts, authorities("hello"))),
    (Code::NoCertificate, |facts| file(facts, authorities(&certificate((2027, 1, 1)).1))),
    (Code::NoPrivateKey, |facts| {
        let (pem, _) = certificate((2027, 1, 1));
        pair(facts, authorities(&pem), authorities(&pem));
    }),
    (Code::KeyMismatch, |facts| {
        let (pem, other) = (certificate((2027, 1, 1)).0, certificate((2027, 1, 1)).1);
        pair(facts, authorities(&pem), authorities(&other));
    }),
    (Code::CertificateExpired, |facts| file(facts, authorities(&certificate((2026, 5, 1)).0))),
    (Code::CertificateExpiresSoon, |facts| file(facts, authorities(&certificate((2026, 6, 11)).0))),
    (Code::KeyReadableByAll, |facts| {
        let (pem, key) = certificate((2027, 1, 1));
        let FileState::Read(content) = authorities(&key) else { panic!() };
        pair(facts, authorities(&pem), FileState::Read(Content { world_readable: true, ..content }));
    }),
    (Code::PlaintextToHttps, |facts| {
        state(
            facts,
            &json!({
                "/Entry/Services": [{"Name": "web"}], "/Links": [{"Service": {"Name": "web"}}],
                "/Instances/web/0/Service/Port": 443,
            }),
        );
    }),
    (Code::UpstreamRefused, |facts| {
        facts.probes =
            Asked::Is(vec![shown(Shown::Unreachable("Connection refused (os error 111)".to_owned()))]);
    }),
    (Code::UpstreamSpeaksTls, |facts| link(facts, &json!({}))),
    (Code::UpstreamPlaintext, |facts| facts.probes = Asked::Is(vec![shown(Shown::Plain)])),
    (Code::UpstreamTlsVersion, |facts| {
        let alert = Some("ProtocolVersion".to_owned());
        facts.probes = Asked::Is(vec![shown(Shown::Tls(Handshake { alert, ..Handshake::default() }))]);
    }),
    (Code::UpstreamTlsName, |facts| facts.probes = Asked::Is(vec![shown(tls(&["other.example"], false))])),
    (Code::UpstreamTlsCa, |facts| {
        let Asked::Is(probes) = &mut facts.probes else { panic!() };
        probes[0].distrust = Some(crate::upstream::Distrust::UnknownAuthority);
    }),
    (Code::UpstreamTlsCa, |facts| {
        let Asked::Is(probes) = &mut facts.probes else { panic!() };
        probes[0].distrust = Some(crate::upstream::Distrust::Expired);
    }),
    (Code::UpstreamClientCertificate, |facts| {
        facts.probes = Asked::Is(vec![shown(tls(&["*.example"], true))]);
    }),
    (Code::DefaultIntentionAssumed, |facts| state(facts, &json!({"/DefaultIntentionSource": "assumed"}))),
    (Code::IntentionOnGateway, |facts| state(facts, &json!({"/Intentions/0/DestinationName": "gw"}))),
    (Code::NobodyAllowed, |facts| state(facts, &json!({"/Intentions": []}))),
    (Code::NobodyAllowed, |facts| {
        state(facts, &json!({"/Intentions/0/Action": "deny", "/ServiceDefaults": {}}));
    }),
    (Code::PermissionsOnTcp, |facts| permissions(facts, "tcp", &json!({"PathPrefix": "/"}))),
    (Code::PathRuleBypass, |facts| {
        state(
            facts,
            &json!({
                "/DefaultIntention": "allow",
                "/Intentions/0/Action": "",
                "/Intentions/0/Permissions": [{"Action": "deny", "HTTP": {"PathExact": "/admin"}}],
                "/Mesh": {"HTTP": {"Incoming": {"RequestNormalization": {"InsecureDisablePathNormalization": true}}}},
            }),
        );
    }),
    (Code::PathRuleUnmatched, |facts| permissions(facts, "http", &json!({"PathExact": "/a/../b"}))),
    (Code::IntentionRefused, |facts| permissions(facts, "http", &json!({"PathRegex": "("}))),
    (Code::PeerIgnored, |facts| state(facts, &json!({"/Intentions/0/SourcePeer": "east"}))),
    (Code::NoUpstream, |facts| catalog(facts, &json!({"/1/Services/0/Proxy/Upstreams": []}))),
    (Code::WayAround, |facts| catalog(facts, &json!({"/1/Services/0/Proxy/Mode": "transparent"}))),
    (Code::EnvoyNotFound, |facts| {
        facts.envoy.binary = failed("no executable Envoy found");
        facts.envoy.live = failed("refused");
    }),
    (Code::EnvoyVersionUnknown, |facts| facts.envoy.version = failed("it prints nothing")),
    (Code::EnvoyUnsupported, |facts| live(facts, |live| live.is_of_consul = true)),
    (Code::EnvoyAdminUnreachable, |facts| facts.envoy.live = failed("refused")),
    (Code::EnvoyOfAnother, |facts| live(facts, |live| live.node = "other".to_owned())),
    (Code::AdminExposed, |facts| facts.envoy.admin = Some("10.0.0.5:19000".parse().unwrap())),
    (Code::AdminExposed, |facts| {
        host(facts, |host| {
            host.listening
                .as_mut()
                .unwrap()
                .extend(["0.0.0.0:19000".parse::<std::net::SocketAddr>().unwrap()]);
        });
    }),
    (Code::EnvoyDisconnected, |facts| live(facts, |live| live.is_connected = Some(false))),
    (Code::EnvoyTokenMissing, |facts| facts.envoy.token = Asked::Is(XdsToken::Missing)),
    (Code::EnvoyUpdateRejected, |facts| {
        live(facts, |live| live.rejected.push(("default".to_owned(), "no".to_owned())));
    }),
    (Code::MemoryPressure, |facts| live(facts, |live| live.heap = Some(95))),
    (Code::ListenerLost, |facts| live(facts, |live| live.listeners = vec!["10.0.0.5:9".parse().unwrap()])),
    (Code::EnvoyCertificateExpires, |facts| {
        live(facts, |live| {
            live.expires = Some(Expiry { start: NOW - 1000, end: NOW + 10, name: String::new() });
        });
    }),
    (Code::NoLeaf, |facts| live(facts, |live| live.certified = Some(BTreeSet::new()))),
    (Code::EnvoyNoHost, |facts| {
        live(facts, |live| live.clusters.iter_mut().for_each(|cluster| cluster.healthy = 0));
    }),
    (Code::UpstreamFailing, |facts| {
        live(facts, |live| live.clusters.iter_mut().for_each(|cluster| cluster.failed = 3));
    }),
    (Code::AddressInUse, |facts| live(facts, |live| live.listeners.clear())),
    (Code::FewOpenFiles, |facts| host(facts, |host| host.open_files = Some(100))),
    (Code::RunDirUnusable, |facts| host(facts, |host| host.run_dir = Some("/nowhere".to_owned()))),
    (Code::NoIpv6, |facts| state(facts, &json!({"/Instances/web/0": instance("2001:db8::1")}))),
];

/// Checks whose findings need another Envoy, server or Consul than a table can have; they are the same function as others.
const ELSEWHERE: &[Code] = &[Code::EnvoyRefused, Code::IncompleteTls];

fn examined(facts: &Facts) -> Vec<Checked> {
    examine(&Evidence::of(facts, false, &[]))
}

#[test]
fn nothing_is_found_where_nothing_is_wrong_and_nothing_is_skipped() {
    let checks = examined(&healthy());
    let found: Vec<_> =
        checks.iter().filter(|check| check.status != Status::Ok || !check.findings.is_empty()).collect();
    assert!(found.is_empty(), "{found:#?}");
    assert!(checks.len() >= 50, "{} checks", checks.len());
}

#[test]
fn each_check_finds_what_it_is_for() {
    for (code, breaks) in BROKEN {
        let mut facts = healthy();
        breaks(&mut facts);
        let checks = examined(&facts);
        let check = checks.iter().find(|check| check.code == *code).unwrap_or_else(|| panic!("{code}"));
        let found: Vec<_> =
            checks.iter().flat_map(|check| &check.findings).map(|finding| &finding.message).collect();
        assert!(
            !check.findings.is_empty(),
            "{code} is {:?}: {}; found: {found:#?}",
            check.status,
            check.seen
        );
        // What is only worth knowing leaves the check ok.
        let is_info = check.findings.iter().all(|finding| finding.severity == crate::finding::Severity::Info);
        assert_eq!(check.status == Status::Ok, is_info, "{code}");
    }
}

#[test]
fn each_check_is_tried_and_has_a_code_of_its_own() {
    let codes: Vec<Code> = Group::ALL.into_iter().flat_map(checks_of).map(|check| check.code).collect();
    let unique: BTreeSet<&Code> = codes.iter().collect();
    assert_eq!(unique.len(), codes.len());
    let tried: BTreeSet<&Code> = BROKEN.iter().map(|(code, _)| code).chain(ELSEWHERE).collect();
    let untried: Vec<&Code> = codes.iter().filter(|code| !tried.contains(code)).collect();
    assert_eq!(untried, [&Code::NoRoots; 0]);
}

#[test]
fn a_snapshot_file_alone_is_enough_for_half_of_the_checks_and_no_false_warning() {
    let facts = Facts {
        now: NOW,
        snapshot: Some(parsed::<Snapshot>(snapshot())),
        ..Facts::nothing(Origin::File("gw.json".to_owned()), "gw", "gw")
    };
    let checks = examined(&facts);
    let wrong: Vec<_> = checks.iter().filter(|check| !check.findings.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let looked = checks.iter().filter(|check| check.status == Status::Ok).count();
    assert!(looked * 2 >= checks.len() - 20, "{looked} of {}", checks.len());
}
