//! `termgate acl policy`: the printed policy is enough on a real Consul, each rule of it is needed, and `--check` names what
//! is missing.

use std::net::SocketAddr;
use std::task::{Context as Task, Poll};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use envoy_types::pb::envoy::config::core::v3::Node;
use envoy_types::pb::envoy::service::discovery::v3::DiscoveryRequest;
use envoy_types::pb::envoy::service::discovery::v3::aggregated_discovery_service_client::AggregatedDiscoveryServiceClient;
use serde_json::{Value, json};
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::transport::Channel;

use crate::support::background::runtime;
use crate::support::command::{Output, Termgate};
use crate::support::consul::{Consul, free_address};
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::origin::Origin;
use crate::support::wait;
use crate::world::{World, answered_by};

fn policy(words: &[&str]) -> Result<Termgate> {
    Ok(Termgate::new(["acl", "policy"])?.args(words))
}

/// The rules of a policy in HCL, without the comments.
fn rules(hcl: &str) -> Vec<String> {
    hcl.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

fn check(consul: &Consul, gateway: &str, token: &str, code: i32) -> Result<Output> {
    let command = policy(&["--service", gateway, "--check"])?.consul(consul);
    command.env("CONSUL_HTTP_TOKEN", token).exits(code)
}

/// Calls the services of xDS by the names that they have in its second version, which Consul 1.8 speaks.
#[derive(Clone)]
struct SecondVersion(Channel);

impl Service<http::Request<Body>> for SecondVersion {
    type Response = http::Response<Body>;
    type Error = tonic::transport::Error;
    type Future = <Channel as Service<http::Request<Body>>>::Future;

    fn poll_ready(&mut self, task: &mut Task<'_>) -> Poll<Result<(), Self::Error>> {
        Service::<http::Request<Body>>::poll_ready(&mut self.0, task)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        let uri = request.uri().to_string().replace("discovery.v3", "discovery.v2");
        if let Ok(uri) = uri.parse() {
            *request.uri_mut() = uri;
        }
        self.0.call(request)
    }
}

/// The listeners of a gateway in Consul's own xDS, in protobuf.
fn xds_listeners(consul: &Consul, gateway: &str, token: &str) -> Result<Vec<Vec<u8>>> {
    runtime()?.block_on(async {
        let channel = Channel::from_shared(format!("http://{}", consul.grpc()))?.connect().await?;
        let mut client = AggregatedDiscoveryServiceClient::new(SecondVersion(channel));
        let question = DiscoveryRequest {
            node: Some(Node { id: gateway.to_owned(), cluster: gateway.to_owned(), ..Node::default() }),
            type_url: "type.googleapis.com/envoy.api.v2.Listener".to_owned(),
            ..DiscoveryRequest::default()
        };
        let (questions, received) = tokio::sync::mpsc::channel(1);
        questions.send(question).await?;
        let mut request = tonic::Request::new(tokio_stream::wrappers::ReceiverStream::new(received));
        request.metadata_mut().insert("x-consul-token", token.parse()?);
        let answer = async {
            let mut answers = client.stream_aggregated_resources(request).await?.into_inner();
            answers.message().await?.context("the stream ended")
        };
        let answer = tokio::time::timeout(Duration::from_secs(2), answer).await.context("no answer")??;
        Ok(answer.resources.into_iter().map(|resource| resource.value).collect())
    })
}

fn serves_by_xds(consul: &Consul, gateway: &str, token: &str, service: &str) -> Result<()> {
    let sni = format!("{service}.default.dc1.internal.");
    let listeners = xds_listeners(consul, gateway, token)?;
    let has_chain = |listener: &Vec<u8>| listener.windows(sni.len()).any(|window| window == sni.as_bytes());
    ensure!(listeners.iter().any(has_chain), "no listener leads to {service}");
    Ok(())
}

#[test]
fn the_printed_policy_is_enough_and_each_rule_of_it_is_needed() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let (world, service) = World::with_one(&origin)?;
    let (consul, gateway) = (world.consul, &world.gateway);
    let hcl = policy(&["--service", gateway])?.consul(consul).succeeds()?.stdout;
    let all = rules(&hcl);
    assert_eq!(
        all,
        [
            format!("service \"{gateway}\" {{ policy = \"write\" }}"),
            format!("service \"{service}\" {{ policy = \"write\" }}"),
            "node_prefix \"\" { policy = \"read\" }".to_owned(),
            "agent \"agent-one\" { policy = \"read\" }".to_owned(),
        ]
    );
    ensure!(hcl.contains("# get its certificate from the agent"), "{hcl}");
    let json = policy(&["--service", gateway, "--format", "json"])?.consul(consul).succeeds()?;
    for rules in [&hcl, &json.stdout] {
        let token = consul.token(rules)?;
        ensure!(check(consul, gateway, &token, 0)?.stdout.contains("has all 4 rights"));
    }

    let token = consul.token(&hcl)?;
    let address = free_address()?.to_string();
    let register = ["register", "--service", gateway, "--address", &address];
    Termgate::new(register)?.consul(consul).env("CONSUL_HTTP_TOKEN", &token).succeeds()?;
    wait::eventually("a listener by xDS", || serves_by_xds(consul, gateway, &token, &service))?;
    for (place, rule) in all.iter().enumerate() {
        let kept: Vec<&str> = all.iter().filter(|one| *one != rule).map(String::as_str).collect();
        let less = consul.token(&kept.join("\n"))?;
        let named = check(consul, gateway, &less, 10)?.stdout;
        // Without agent:read, the agent's node name is not known.
        let named = named.replace("agent_prefix \"\"", "agent \"agent-one\"");
        for one in &all {
            assert_eq!(named.contains(&format!("rule: {one}")), one == rule, "{rule}\n{named}");
        }
        // What each is for.
        let command = match place {
            0 => Termgate::new(register)?,
            _ => Termgate::new(["render", "--service", gateway])?,
        };
        let output = command.consul(consul).env("CONSUL_HTTP_TOKEN", &less).run()?;
        match place {
            0 => assert_eq!(output.code, Some(5), "{output}"),
            1 | 2 => ensure!(output.stderr.contains(rule), "{output}"),
            _ => output.says(&["the token lacks agent:read"])?,
        }
        if place == 0 {
            ensure!(xds_listeners(consul, gateway, &less).is_err(), "xDS without {rule}");
        }
    }

    let run = Termgate::new(["run", "--service", gateway, "--deregister-on-exit", "--replace"])?;
    let mut running = world.launch(run.consul(consul).env("CONSUL_HTTP_TOKEN", &token))?;
    answered_by(&mut running, &world.frontend()?, &service, "one")?;
    running.stop()?;
    Ok(())
}

#[test]
fn a_wildcard_needs_the_services_that_it_stands_for() -> Result<()> {
    needs!(Consul);
    let consul = Consul::start()?;
    let nowhere: SocketAddr = "127.0.0.1:1".parse()?;
    consul.register_external("billing", nowhere)?;
    consul.write_config_entry(&json!({
        "Kind": "terminating-gateway", "Name": "gw", "Services": [{"Name": "*"}, {"Name": "named"}]}))?;
    let hcl = policy(&["--service", "gw"])?.consul(&consul).succeeds()?.stdout;
    let all = rules(&hcl);
    assert_eq!(
        all[..2],
        ["service \"gw\" { policy = \"write\" }", "service_prefix \"\" { policy = \"write\" }"]
    );
    assert_eq!(all.len(), 4, "{hcl}");
    wait::eventually("the link of billing", || {
        let links = consul.get("/v1/catalog/gateway-services/gw")?;
        ensure!(links.to_string().contains("billing"), "{links}");
        Ok(())
    })?;
    check(&consul, "gw", &consul.token(&hcl)?, 0)?;
    let without = consul.token(&hcl.replace("service_prefix \"\" { policy = \"write\" }", ""))?;
    let named = check(&consul, "gw", &without, 10)?;
    // What the token may not read is hidden: the wildcard itself says that something is missing.
    ensure!(
        named.stdout.contains("service:write on `named`")
            && named.stdout.contains("service:write on every service"),
        "{named}"
    );
    let reads = consul.token(&hcl.replace(
        "service_prefix \"\" { policy = \"write\" }",
        "service_prefix \"\" { policy = \"read\" }",
    ))?;
    let named = check(&consul, "gw", &reads, 10)?;
    ensure!(named.stdout.contains("service:write on `billing`"), "{named}");
    let without_gateway = check(&consul, "gw", &consul.token("node_prefix \"\" { policy = \"read\" }")?, 10)?;
    ensure!(without_gateway.stdout.contains("service:write on `gw`"), "{without_gateway}");
    let unknown = check(&consul, "gw", "00000000-1111-4000-8000-000000000000", 5)?;
    unknown.says(&["token"])
}

/// An agent that does not decide itself; its token has a policy, a role and an identity.
fn without_judgement(rules: &str) -> Result<FakeConsul> {
    let fake = FakeConsul::start()?;
    let about = json!({
        "Config": {"Version": "1.8.7", "NodeName": "n1", "Datacenter": "dc1"},
        "DebugConfig": {"ACLsEnabled": true, "ACLDefaultPolicy": "deny"}});
    let links = ["billing", "ledger"].map(|name| json!({"Service": {"Name": name}}));
    let entry = json!({"Kind": "terminating-gateway", "Name": "gw", "Services": [{"Name": "billing"}, {"Name": "ledger"}]});
    let token = json!({"AccessorID": "a", "SecretID": "s", "Policies": [{"ID": "p1", "Name": "own"}],
        "Roles": [{"ID": "r1", "Name": "role"}], "ServiceIdentities": [{"ServiceName": "ledger"}]});
    fake.on("GET", "/v1/agent/self", Answer::json(200, &about))
        .on("GET", "/v1/config/terminating-gateway/gw", Answer::json(200, &entry))
        .on("GET", "/v1/catalog/gateway-services/gw", Answer::json(200, &json!(links)))
        .on(
            "POST",
            "/v1/internal/acl/authorize",
            Answer::text(404, "Invalid URL path: not a recognized HTTP API endpoint"),
        )
        .on("GET", "/v1/acl/token/self", Answer::json(200, &token))
        .on("GET", "/v1/acl/role/r1", Answer::json(200, &json!({"Policies": [{"ID": "p2"}]})))
        .on("GET", "/v1/acl/policy/p1", Answer::json(200, &json!({"Rules": rules})))
        .on(
            "GET",
            "/v1/acl/policy/p2",
            Answer::json(200, &json!({"Rules": "agent \"n1\" { policy = \"read\" }"})),
        );
    Ok(fake)
}

#[test]
fn without_the_agents_judgement_the_tokens_policies_are_read() -> Result<()> {
    let command = || policy(&["--service", "gw", "--check", "--output", "json"]);
    let fake =
        without_judgement("service \"gw\" { policy = \"write\" } service \"billing\" { policy = \"read\" }")?;
    let found = command()?.fake_consul(&fake).exits(10)?.json()?;
    assert_eq!((&found["judged_by"], &found["ok"]), (&json!("policies"), &json!(false)));
    let lacking: Vec<&Value> =
        found["findings"].as_array().context("none")?.iter().map(|one| &one["subject"]).collect();
    assert_eq!(lacking, [&json!("billing")], "{found}");
    assert_eq!(found["findings"][0]["code"], "right-missing");

    // Nothing is known if the policies may not be read, whatever else the agent answers.
    fake.replace("GET", "/v1/acl/policy/p1", Answer::text(403, "Permission denied"));
    let unknown = command()?.fake_consul(&fake).run()?;
    ensure!(!matches!(unknown.code, Some(0 | 10)), "{unknown}");
    unknown.says(&["cannot find out what the token may do"])?;

    fake.replace("POST", "/v1/internal/acl/authorize", Answer::text(401, "ACL support disabled"));
    let off = command()?.fake_consul(&fake).succeeds()?.json()?;
    assert_eq!((&off["judged_by"], &off["ok"]), (&json!("acls-off"), &json!(true)));
    Ok(())
}

#[test]
fn many_rights_are_asked_about_in_batches() -> Result<()> {
    let fake = without_judgement("")?;
    let names: Vec<Value> = (0..150).map(|number| json!({"Name": format!("service-{number}")})).collect();
    let entry = json!({"Kind": "terminating-gateway", "Name": "gw", "Services": names});
    fake.replace("GET", "/v1/config/terminating-gateway/gw", Answer::json(200, &entry))
        .replace("GET", "/v1/catalog/gateway-services/gw", Answer::json(200, &json!([])))
        .replace("POST", "/v1/internal/acl/authorize", Answer::json(200, &json!([])));
    policy(&["--service", "gw", "--check", "--output", "short"])?.fake_consul(&fake).run()?;
    let received = fake.received();
    let batches = received.iter().filter(|one| one.line() == "POST /v1/internal/acl/authorize");
    let sizes: Vec<usize> = batches
        .map(|one| Ok(one.request.json()?.as_array().map(Vec::len).unwrap_or_default()))
        .collect::<Result<_>>()?;
    assert_eq!(sizes, [64, 64, 25]);
    Ok(())
}

#[test]
fn a_policy_is_printed_from_a_snapshot() -> Result<()> {
    let snapshot = json!({
        "Format": 1, "Gateway": {"Kind": "terminating-gateway", "ID": "gw-1", "Service": "gw"},
        "Entry": {"Name": "gw", "Services": [{"Name": "billing"}]}, "Links": [{"Service": {"Name": "billing"}}]});
    let command = policy(&["--snapshot", "snapshot.json"])?.file("snapshot.json", snapshot.to_string())?;
    let hcl = command.succeeds()?.stdout;
    assert_eq!(
        rules(&hcl),
        [
            "service \"gw\" { policy = \"write\" }",
            "service \"billing\" { policy = \"write\" }",
            "node_prefix \"\" { policy = \"read\" }",
            "agent_prefix \"\" { policy = \"read\" }",
        ]
    );
    Ok(())
}
