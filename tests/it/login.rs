//! `termgate run --login-method`: the token's whole life, with the real Consul's JWT and Kubernetes auth methods.

use std::fs;
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};

use crate::support::command::Termgate;
use crate::support::consul::{Consul, free_address};
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::gateway::Gateway;
use crate::support::monitor::{count, get};
use crate::support::origin::Origin;
use crate::support::wait;
use crate::world::{Busy, World, answered_by};

/// Signs JWTs for one auth method.
struct Issuer {
    key: EcdsaKeyPair,
    public: String,
}

/// The time in seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "tokens for this very moment")]
fn now() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

impl Issuer {
    fn new() -> Result<Self> {
        let key = rcgen::KeyPair::generate()?;
        let (public, der) = (key.public_key_pem(), key.serialize_der());
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der, &SystemRandom::new())
            .map_err(|error| anyhow!("{error}"))?;
        Ok(Self { key, public })
    }

    /// A JWT of this subject, valid for an hour.
    fn token(&self, subject: &str) -> Result<String> {
        let now = now()?;
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = json!({
            "sub": subject, "aud": "termgate", "iss": "tests", "iat": now, "nbf": now - 60, "exp": now + 3600,
        });
        let signed = format!("{}.{}", part(json!({"alg": "ES256", "typ": "JWT"})), part(claims));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = signature.map_err(|error| anyhow!("{error}"))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// The rights of a gateway.
const RULES: &str = r#"service_prefix "" { policy = "write" intentions = "read" }
    node_prefix "" { policy = "read" }
    agent_prefix "" { policy = "read" }
    operator = "read""#;

/// Lets whoever logs in with `method` run a gateway.
fn bind(consul: &Consul, method: &str) -> Result<()> {
    let name = format!("{method}-rights");
    consul.put("/v1/acl/policy", &json!({"Name": name, "Rules": RULES}))?;
    consul.put("/v1/acl/role", &json!({"Name": name, "Policies": [{"Name": name}]}))?;
    let rule = json!({"AuthMethod": method, "BindType": "role", "BindName": name});
    consul.put("/v1/acl/binding-rule", &rule).map(drop)
}

/// An auth method that takes JWTs, and who signs them; its tokens live for `life`.
fn jwt_method(consul: &Consul, life: &str) -> Result<(String, Issuer)> {
    let (method, issuer) = (consul.unique("jwt"), Issuer::new()?);
    let config = json!({
        "BoundAudiences": ["termgate"], "BoundIssuer": "tests", "JWTSupportedAlgs": ["ES256"],
        "JWTValidationPubKeys": [issuer.public], "ClaimMappings": {"sub": "subject"},
    });
    let mut body = json!({"Name": method, "Type": "jwt", "Config": config});
    if !life.is_empty() {
        body["MaxTokenTTL"] = json!(life);
    }
    consul.put("/v1/acl/auth-method", &body)?;
    bind(consul, &method)?;
    Ok((method, issuer))
}

/// The accessors of the tokens that an auth method has made and that are there.
fn tokens(consul: &Consul, method: &str) -> Result<Vec<String>> {
    let listed = consul.get(&format!("/v1/acl/tokens?authmethod={method}"))?;
    let listed = listed.as_array().context("no list")?;
    listed.iter().map(|token| Ok(token["AccessorID"].as_str().context("no accessor")?.to_owned())).collect()
}

/// Waits until there is one token, and another one than before.
fn next_token(gateway: &mut Gateway, consul: &Consul, method: &str, before: &str) -> Result<String> {
    gateway.eventually("another token, alone", || match &tokens(consul, method)?[..] {
        [token] if token != before => Ok(token.clone()),
        others => Err(anyhow!("the tokens are {others:?}")),
    })
}

/// `termgate run` that logs in.
fn run(world: &World<Consul>, method: &str, jwt: &str) -> Result<(Termgate, SocketAddr)> {
    let monitor = free_address()?;
    let run = world
        .run()?
        .env("CONSUL_HTTP_TOKEN", "")
        .args(["--login-method", method, "--bearer-token-file", "jwt", "--login-meta", "pod=one"])
        .args(["--ready-bind", &monitor.to_string(), "--metrics-bind", &monitor.to_string()])
        .file("jwt", jwt)?;
    Ok((run, monitor))
}

#[test]
fn five_other_bearer_tokens_a_revocation_and_a_renewal_cost_no_request() -> Result<()> {
    needs!(Consul, Envoy);
    let (first, second) = (Origin::plain("first")?, Origin::plain("second")?);
    let mut world = World::alone()?;
    let (method, issuer) = jwt_method(&world.consul, "1m")?;
    let jwt = issuer.token("pod-0")?;
    let (run, monitor) = run(&world, &method, &jwt)?;
    let file = run.directory().join("jwt");
    let Busy { mut gateway, frontend, client, moving, .. } = world.busy(run, &first)?;
    let consul = &world.consul;

    let mut token = next_token(&mut gateway, consul, &method, "")?;
    let described = consul.get(&format!("/v1/acl/token/{token}"))?;
    ensure!(described["Description"].as_str().is_some_and(|text| text.contains("pod")), "{described}");
    for round in 1..=5 {
        fs::write(&file, issuer.token(&format!("pod-{round}"))?)?;
        token = next_token(&mut gateway, consul, &method, &token)?;
        client.goes_on()?;
    }
    // What changes from here on is seen with the newest token.
    consul.register_external(&moving, second.address())?;
    answered_by(&mut gateway, &frontend, &moving, "second")?;

    let mut log = consul.log();
    consul.request("DELETE", &format!("/v1/acl/token/{token}"), None)?;
    token = next_token(&mut gateway, consul, &method, &token)?;
    gateway.says("no longer knows the gateway's token")?;
    client.goes_on()?;
    // The last questions with the deleted token may be answered late.
    gateway.eventually("nothing to remark", || {
        let ready = get(monitor, "/ready")?.text();
        ensure!(ready == "ready\n", "{ready}");
        Ok(())
    })?;
    assert_eq!(count(monitor, "termgate_token_valid")?, 1);
    ensure!(count(monitor, "termgate_logins_total{outcome=\"success\"}")? >= 7);

    // Until then, the agent had the deleted token only, and may have said so.
    let said = consul.log().len();

    // After two thirds of a minute, the token is renewed without any cause.
    wait::within(wait::PATIENCE.max(std::time::Duration::from_secs(90)), "a renewal", || {
        match &tokens(consul, &method)?[..] {
            [next] if *next != token => Ok(()),
            others => Err(anyhow!("the tokens are {others:?}")),
        }
    })?;
    consul.register_external(&moving, first.address())?;
    answered_by(&mut gateway, &frontend, &moving, "first")?;
    let asked = client.end()?;
    ensure!(asked > 100, "only {asked} requests were made");
    // The agent works with the token of the registration: it would say which one it lacks.
    log.push_str(consul.log().get(said..).unwrap_or_default());
    let blocked: Vec<&str> = log.lines().filter(|line| line.contains("blocked by ACLs")).collect();
    ensure!(blocked.is_empty(), "{blocked:?}");

    ensure!(gateway.stop()?.success(), "it did not end well");
    assert_eq!(tokens(consul, &method)?, [""; 0]);
    assert_eq!(consul.agent_service(&world.gateway)?, None);
    let output = gateway.process.output();
    for secret in [&jwt, &fs::read_to_string(&file)?] {
        ensure!(!output.contains(secret.as_str()), "the bearer token is in the output");
    }
    Ok(())
}

#[test]
fn a_token_that_expires_while_the_agent_is_away_costs_no_request() -> Result<()> {
    needs!(Consul, Envoy);
    let origin = Origin::plain("one")?;
    let mut world = World::of(Consul::start_server()?)?;
    let (method, issuer) = jwt_method(&world.consul, "1m")?;
    let (run, monitor) = run(&world, &method, &issuer.token("pod")?)?;
    let Busy { mut gateway, frontend, client, moving, .. } = world.busy(run, &origin)?;
    let before = next_token(&mut gateway, &world.consul, &method, "")?;
    let expiry = count(monitor, "termgate_token_expiry_timestamp_seconds")?;
    world.consul.kill()?;
    wait::within(std::time::Duration::from_secs(90), "the end of the token", || {
        let now = now()?;
        ensure!(now > expiry, "{} seconds are left", expiry - now);
        Ok(())
    })?;
    gateway.eventually("word of the token", || {
        let ready = get(monitor, "/ready")?;
        ensure!(ready.status == 200 && ready.text().contains("has expired"), "{}", ready.text());
        Ok(())
    })?;
    client.goes_on()?;
    world.consul.restart()?;
    next_token(&mut gateway, &world.consul, &method, &before)?;
    // The agent has the gateway, with a token that it may use.
    world.consul.register_external(&moving, Origin::plain("two")?.address())?;
    client.goes_on()?;
    let gone = world.consul.agent_service(&world.gateway)?.is_none();
    ensure!(!gone, "the gateway is not registered");
    drop(frontend);
    client.end()?;
    ensure!(gateway.stop()?.success(), "it did not end well");
    assert_eq!(tokens(&world.consul, &method)?, [""; 0]);
    Ok(())
}

#[test]
fn a_service_account_of_kubernetes_logs_in() -> Result<()> {
    needs!(Consul, Envoy);
    let (kubernetes, issuer) = (FakeConsul::start()?, Issuer::new()?);
    let review = json!({
        "kind": "TokenReview", "apiVersion": "authentication.k8s.io/v1",
        "status": {"authenticated": true, "user": {
            "username": "system:serviceaccount:edge:gateway", "uid": "5eed", "groups": ["system:serviceaccounts"],
        }},
    });
    let account = json!({
        "kind": "ServiceAccount", "apiVersion": "v1",
        "metadata": {"name": "gateway", "namespace": "edge", "uid": "5eed"},
    });
    let json = |status, value: &Value| Answer::json(status, value).header("Content-Type", "application/json");
    kubernetes.on("POST", "/apis/authentication.k8s.io/v1/tokenreviews", json(201, &review));
    kubernetes.on("GET", "/api/v1/namespaces/edge/serviceaccounts/gateway", json(200, &account));
    let world = World::alone()?;
    let (consul, method) = (&world.consul, world.consul.unique("k8s"));
    let config = json!({
        "Host": format!("http://{}", kubernetes.address()), "CACert": world.authority.certificate,
        "ServiceAccountJWT": issuer.token("reviewer")?,
    });
    consul.put("/v1/acl/auth-method", &json!({"Name": method, "Type": "kubernetes", "Config": config}))?;
    bind(consul, &method)?;
    let (run, _) = run(&world, &method, &issuer.token("gateway")?)?;
    let mut gateway = world.launch(run)?;
    gateway.says("the token does not expire")?;
    let token = next_token(&mut gateway, consul, &method, "")?;
    ensure!(!token.is_empty());
    ensure!(gateway.stop()?.success(), "it did not end well");
    assert_eq!(tokens(consul, &method)?, [""; 0]);
    // The agent has the servers forget the gateway with the token that was logged out after that.
    assert_eq!(consul.get(&format!("/v1/catalog/service/{}", world.gateway))?, json!([]));
    Ok(())
}

#[test]
fn a_run_that_fails_after_the_log_in_logs_out() -> Result<()> {
    needs!(Consul, Envoy);
    let world = World::alone()?;
    let (method, issuer) = jwt_method(&world.consul, "5m")?;
    let (run, _) = run(&world, &method, &issuer.token("pod")?)?;
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    let run = run
        .args(["--address", &taken.local_addr()?.to_string(), "--admin-bind", &free_address()?.to_string()])
        .real_envoy()?;
    let output = run.exits(1)?;
    ensure!(
        output.stderr.contains("logged in with auth method") && output.stderr.contains("logged out"),
        "{output}"
    );
    assert_eq!(tokens(&world.consul, &method)?, [""; 0]);
    Ok(())
}

#[test]
fn a_log_in_is_waited_for_and_its_last_failure_is_shown() -> Result<()> {
    needs!(Consul, Envoy);
    let world = World::alone()?;
    let (method, issuer) = jwt_method(&world.consul, "5m")?;
    let foreign = Issuer::new()?.token("pod")?;
    let output =
        run(&world, &method, &foreign)?.0.arg("--wait=1s").at_free_addresses()?.real_envoy()?.exits(5)?;
    let expected = format!("cannot log in with auth method `{method}`");
    ensure!(output.stderr.contains(&expected) && output.stderr.contains("within 1s"), "{output}");
    ensure!(!output.stderr.contains(&foreign), "{output}");
    let output = run(&world, &method, "")?.0.arg("--wait=1s").at_free_addresses()?.real_envoy()?.exits(1)?;
    ensure!(output.stderr.contains("the bearer token's file jwt is empty"), "{output}");
    // What is missing at first may come.
    let (run, _) = run(&world, &method, &foreign)?;
    let file = run.directory().join("jwt");
    let address = free_address()?;
    let run = run.args(["--address", &address.to_string(), "--admin-bind", &free_address()?.to_string()]);
    let run = run.real_envoy()?;
    let mut command = run.to_command()?;
    let mut process = crate::support::process::Process::spawn("termgate run", &mut command)?;
    process.says("waiting up to 30s for a token of auth method")?;
    fs::write(file, issuer.token("pod")?)?;
    process.says("ready: Envoy serves")?;
    ensure!(process.terminate()?.success(), "it did not end well");
    Ok(())
}

#[test]
fn a_log_in_does_not_go_with_another_token_or_with_an_envoy_that_takes_over() -> Result<()> {
    let login = ["run", "--service", "gw", "--login-method", "k8s", "--bearer-token-file", "/jwt"];
    for (flags, expected) in [
        (&["--config-source", "xds"][..], "--login-method: cannot be used with --config-source"),
        (&["--snapshot", "/snapshot.json"], "--login-method: cannot be used with --snapshot"),
        (&["--token", "x"], "--token: cannot be used with --login-method"),
        (&["--token-file", "/token"], "--token-file: cannot"),
    ] {
        let output = Termgate::new(login)?.args(flags).exits(2)?;
        ensure!(output.stderr.contains(expected), "{output}");
    }
    let output = Termgate::new(["run", "--service", "gw", "-auth-method", "k8s"])?.exits(2)?;
    ensure!(output.stderr.contains("--login-method: needs --bearer-token-file"), "{output}");
    Ok(())
}
