//! The harness itself, against the real Consul and the real Envoy: what the other tests build on.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::support::consul::Consul;
use crate::support::envoy::Envoy;
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::mesh::MeshClient;
use crate::support::origin::Origin;
use crate::support::pki::Authority;
use crate::support::ports::{free_address, free_ports, open, take};
use crate::support::wait::eventually;

/// A hand-made gateway for one linked service: terminates the mesh's TLS with the service's leaf and passes bytes on.
fn static_gateway(
    consul: &Consul,
    service: &str,
    port: u16,
    origin: &Value,
    tls: Option<Value>,
) -> Result<Value> {
    let leaf = consul.get(&format!("/v1/agent/connect/ca/leaf/{service}"))?;
    let roots = consul.get("/v1/agent/connect/ca/roots")?;
    let mut cluster = json!({
        "name": "origin", "type": "STATIC", "connect_timeout": "5s",
        "load_assignment": {"cluster_name": "origin", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": origin}}]}]},
    });
    if let Some(tls) = tls {
        cluster["transport_socket"] = json!({"name": "tls", "typed_config": tls});
    }
    Ok(json!({"static_resources": {
        "clusters": [cluster],
        "listeners": [{
            "name": "gateway",
            "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
            "filter_chains": [{
                "filters": [{"name": "tcp", "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
                    "stat_prefix": "gateway", "cluster": "origin"}}],
                "transport_socket": {"name": "tls", "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
                    "require_client_certificate": true,
                    "common_tls_context": {
                        "tls_certificates": [{
                            "certificate_chain": {"inline_string": leaf["CertPEM"]},
                            "private_key": {"inline_string": leaf["PrivateKeyPEM"]}}],
                        "validation_context": {"trusted_ca": {"inline_string": roots["Roots"][0]["RootCert"]}}}}}
            }]
        }]
    }}))
}

fn socket(address: SocketAddr) -> Value {
    json!({"socket_address": {"address": address.ip().to_string(), "port_value": address.port()}})
}

/// An Envoy before a server that speaks plain HTTP: the service, where clients connect, and what must stay alive.
fn before_plain_server(origin: &Origin) -> Result<(String, SocketAddr, Envoy)> {
    let consul = Consul::shared()?;
    let (service, gateway) = (consul.unique("plain"), free_address()?);
    let config = static_gateway(consul, &service, gateway.port(), &socket(origin.address()), None)?;
    Ok((service, gateway, Envoy::start(&config)?))
}

#[test]
fn a_mesh_client_talks_through_envoy_to_a_plain_server() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (service, gateway, _envoy) = before_plain_server(&origin)?;

    let consul = Consul::shared()?;
    let answer = consul.mesh_client("frontend")?.get(gateway, &service, "/hello?a=b")?.answer()?;
    assert_eq!(answer["instance"], "one");
    assert_eq!(answer["path"], "/hello?a=b");
    assert_eq!(answer["tls"], Value::Null);
    assert_eq!(origin.seen().len(), 1);
    Ok(())
}

#[test]
fn a_client_of_another_mesh_is_refused_and_a_wrong_identity_noticed() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (service, gateway, _envoy) = before_plain_server(&origin)?;

    let consul = Consul::shared()?;
    let stranger = Authority::of_mesh("elsewhere.consul")?;
    let roots = consul.get("/v1/agent/connect/ca/roots")?;
    let leaf = stranger.leaf("spiffe://elsewhere.consul/ns/default/dc/dc1/svc/frontend")?;
    let trusted = roots["Roots"][0]["RootCert"].as_str().unwrap();
    let client = MeshClient::new("frontend", &leaf, trusted, roots["TrustDomain"].as_str().unwrap(), "dc1")?;
    client.get(gateway, &service, "/")?.refused()?;

    let error = consul.mesh_client("frontend")?.get(gateway, "another-service", "/").unwrap_err();
    ensure!(error.to_string().contains("instead of"), "{error}");
    assert!(origin.seen().is_empty());
    Ok(())
}

#[test]
fn envoy_originates_mutual_tls_to_a_server_that_reports_its_client() -> Result<()> {
    needs!(Consul, Envoy);
    let consul = Consul::shared()?;
    let authority = Authority::new("Private CA")?;
    let identity = authority.server(&["billing.example"])?;
    let client = authority.client("gateway")?;
    let origin = Origin::mutual_tls("billing", &identity, &authority)?;
    let service = consul.unique("billing");
    let tls = |certificates: Value| {
        json!({
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            "sni": "billing.example",
            "common_tls_context": {
                "tls_certificates": certificates,
                "validation_context": {"trusted_ca": {"inline_string": authority.certificate}}}})
    };
    let with_certificate = json!([{
        "certificate_chain": {"inline_string": client.certificate},
        "private_key": {"inline_string": client.key}}]);
    for (certificates, passes) in [(with_certificate, true), (json!([]), false)] {
        let gateway = free_address()?;
        let config = static_gateway(
            consul,
            &service,
            gateway.port(),
            &socket(origin.address()),
            Some(tls(certificates)),
        )?;
        Envoy::validate(&config.to_string())?;
        let _envoy = Envoy::start(&config)?;
        let outcome = consul.mesh_client("frontend")?.get(gateway, &service, "/invoices")?;
        if passes {
            let answer = outcome.answer()?;
            assert_eq!(answer["sni"], "billing.example");
            assert_eq!(answer["client_certificate"], "CN=gateway");
        } else {
            outcome.refused()?;
            // The server may learn of it after its client did.
            eventually("the server to note the handshake", || {
                ensure!(!origin.failed_handshakes().is_empty());
                Ok(())
            })?;
        }
    }
    Ok(())
}

#[test]
fn intentions_entries_and_the_catalog_can_be_written() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let (service, gateway) = (consul.unique("billing"), consul.unique("gateway"));
    consul.register_external(&service, "127.0.0.1:1234".parse()?)?;
    consul.link(&gateway, [(service.as_str(), json!({}))])?;
    let linked = consul.get(&format!("/v1/catalog/gateway-services/{gateway}"))?;
    assert_eq!(linked[0]["Service"]["Name"], json!(service));
    let intention = consul.allow("frontend", &service)?;
    let check = format!("/v1/connect/intentions/check?source=frontend&destination={service}");
    assert_eq!(consul.get(&check)?["Allowed"], true);
    consul.delete_intention(&intention)?;
    assert_eq!(consul.get(&check)?["Allowed"], false);
    consul.deregister_external(&service)?;
    assert_eq!(consul.get(&format!("/v1/health/service/{service}"))?, json!([]));
    let token = consul.token("operator = \"read\"")?;
    let refused = crate::support::consul::call(consul.http(), Some(&token), "GET", "/v1/agent/self", None)?;
    assert_eq!(refused.status, 403);
    Ok(())
}

#[test]
fn the_fake_answers_in_order_over_every_transport_and_misbehaves_on_demand() -> Result<()> {
    use std::io::BufReader;
    let directory = tempfile::tempdir()?;
    let mut fake = FakeConsul::start()?;
    let authority = Authority::new("Agent CA")?;
    let tls = fake.tls(&authority.server(&["localhost"])?, None)?;
    let path = directory.path().join("consul.sock");
    fake.unix(&path)?;
    fake.on("GET", "/v1/x?b=2&a=1%20z", Answer::json(200, &json!(1)))
        .on("GET", "/v1/x?b=2&a=1%20z", Answer::json(200, &json!(2)))
        .on("GET", "/close", Answer::close())
        .on("GET", "/short", Answer::text(200, "abc").truncated());
    let get = |target: &str| crate::support::consul::call(fake.address(), None, "GET", target, None);
    assert_eq!(get("/v1/x?a=1+z&b=2")?.text(), "1");
    assert_eq!(get("/v1/x?a=1+z&b=2")?.text(), "2");
    assert_eq!(get("/v1/x?a=1+z&b=2")?.text(), "2");
    assert_eq!(get("/unknown")?.status, 501);
    assert!(get("/close").is_err());
    assert!(get("/short").is_err());

    let mut unix = std::os::unix::net::UnixStream::connect(&path)?;
    crate::support::http::Request::new("GET", "/over-unix", "localhost").write_to(&mut unix)?;
    assert_eq!(crate::support::http::Response::read_from(&mut BufReader::new(unix))?.status, 501);

    let config = crate::support::pki::client_config(&authority)?;
    let session = rustls::ClientConnection::new(config, "localhost".try_into()?)?;
    let mut secure = rustls::StreamOwned::new(session, std::net::TcpStream::connect(tls)?);
    crate::support::http::Request::new("GET", "/over-tls", "localhost").write_to(&mut secure)?;
    assert_eq!(crate::support::http::Response::read_from(&mut BufReader::new(secure))?.status, 501);
    let over: Vec<_> = fake.received().into_iter().map(|one| one.over).collect();
    assert_eq!(over[over.len() - 2..], ["unix", "https"]);
    Ok(())
}

#[test]
fn a_port_that_was_given_away_is_not_given_to_another_process() -> Result<()> {
    let [port] = free_ports()?;
    // What another process would do: the lock is on the open file, not on the process.
    ensure!(!take(&open()?, port)?, "port {port} could be had twice");
    Ok(())
}
