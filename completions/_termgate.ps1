
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'termgate' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'termgate'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'termgate' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Register the gateway, start Envoy and keep it configured')
            [CompletionResult]::new('bootstrap', 'bootstrap', [CompletionResultType]::ParameterValue, 'Print Envoy''s bootstrap for a registered gateway')
            [CompletionResult]::new('register', 'register', [CompletionResultType]::ParameterValue, 'Register the gateway with the local agent')
            [CompletionResult]::new('deregister', 'deregister', [CompletionResultType]::ParameterValue, 'Deregister the gateway from the local agent')
            [CompletionResult]::new('reload', 'reload', [CompletionResultType]::ParameterValue, 'Have the running gateway read everything again')
            [CompletionResult]::new('render', 'render', [CompletionResultType]::ParameterValue, 'Print the Envoy configuration that direct mode serves')
            [CompletionResult]::new('snapshot', 'snapshot', [CompletionResultType]::ParameterValue, 'Save the Consul state that the gateway depends on')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check everything that the gateway needs')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Show the way of a request through the gateway, and where it ends')
            [CompletionResult]::new('graph', 'graph', [CompletionResultType]::ParameterValue, 'Draw who reaches what through the gateway')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Judge what a gateway lets through')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the live gateway and each linked service')
            [CompletionResult]::new('address', 'address', [CompletionResultType]::ParameterValue, 'Evaluate address templates')
            [CompletionResult]::new('intentions', 'intentions', [CompletionResultType]::ParameterValue, 'Say who may reach a linked service, by which intention')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print completions for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the man page, or write all man pages to a directory')
            [CompletionResult]::new('connect', 'connect', [CompletionResultType]::ParameterValue, 'Start Envoy with the command line of `consul connect envoy`')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Check, format, compare and write configuration entries')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Exchange a JWT for an ACL token, as `consul login`')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Destroy the token of a log-in, as `consul logout`')
            [CompletionResult]::new('acl', 'acl', [CompletionResultType]::ParameterValue, 'Print a gateway''s ACL policy; manage tokens, as `consul acl`')
            [CompletionResult]::new('catalog', 'catalog', [CompletionResultType]::ParameterValue, 'List the catalog with the command lines of `consul catalog`')
            [CompletionResult]::new('info', 'info', [CompletionResultType]::ParameterValue, 'Print the agent''s figures, as `consul info`')
            [CompletionResult]::new('members', 'members', [CompletionResultType]::ParameterValue, 'List the agents of the cluster, as `consul members`')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Print the imitated version of Consul, as `consul version`')
            [CompletionResult]::new('intention', 'intention', [CompletionResultType]::ParameterValue, 'Manage intentions with the command lines of `consul intention`')
            [CompletionResult]::new('kv', 'kv', [CompletionResultType]::ParameterValue, 'Read and write keys with the command lines of `consul kv`')
            [CompletionResult]::new('services', 'services', [CompletionResultType]::ParameterValue, 'Manage a gateway''s linked services and external services')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check an agent''s service and entry files, as `consul validate`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;run' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--service-id', '--service-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--proxy-id', '--proxy-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--address', '--address', [CompletionResultType]::ParameterName, 'Address inside the datacenter; may be a template [env: TERMGATE_ADDRESS]')
            [CompletionResult]::new('--wan-address', '--wan-address', [CompletionResultType]::ParameterName, 'Address for other datacenters, in the same form [env: TERMGATE_WAN_ADDRESS]')
            [CompletionResult]::new('--bind-address', '--bind-address', [CompletionResultType]::ParameterName, 'Address that Envoy listens on instead of --address; repeatable')
            [CompletionResult]::new('--deregister-after-critical', '--deregister-after-critical', [CompletionResultType]::ParameterName, 'How long the health check may fail before the agent deregisters the service [default: 6h]')
            [CompletionResult]::new('--service-config', '--service-config', [CompletionResultType]::ParameterName, 'Service definition file (HCL or JSON), as an agent reads it')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Service definition file (HCL or JSON), as an agent reads it')
            [CompletionResult]::new('--admin-bind', '--admin-bind', [CompletionResultType]::ParameterName, 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]')
            [CompletionResult]::new('--grpc-addr', '--grpc-addr', [CompletionResultType]::ParameterName, 'The agent''s gRPC address, for the xds source [env: CONSUL_GRPC_ADDR] [default: as the agent reports]')
            [CompletionResult]::new('--grpc-ca-file', '--grpc-ca-file', [CompletionResultType]::ParameterName, 'CA file for TLS to the agent''s gRPC port [env: CONSUL_GRPC_CACERT]')
            [CompletionResult]::new('--grpc-ca-path', '--grpc-ca-path', [CompletionResultType]::ParameterName, 'Directory of CA files for TLS to the gRPC port [env: CONSUL_GRPC_CAPATH]')
            [CompletionResult]::new('--envoy-ready-bind-address', '--envoy-ready-bind-address', [CompletionResultType]::ParameterName, 'IP address of Envoy''s readiness endpoint')
            [CompletionResult]::new('--envoy-ready-bind-port', '--envoy-ready-bind-port', [CompletionResultType]::ParameterName, 'Port of Envoy''s readiness endpoint')
            [CompletionResult]::new('--envoy-binary', '--envoy-binary', [CompletionResultType]::ParameterName, 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--login-method', '--login-method', [CompletionResultType]::ParameterName, 'Get the ACL token by logging in with this auth method [env: TERMGATE_LOGIN_METHOD]')
            [CompletionResult]::new('--auth-method', '--auth-method', [CompletionResultType]::ParameterName, 'Get the ACL token by logging in with this auth method [env: TERMGATE_LOGIN_METHOD]')
            [CompletionResult]::new('--bearer-token-file', '--bearer-token-file', [CompletionResultType]::ParameterName, 'File with the JWT for the log-in, such as a service account''s [env: TERMGATE_BEARER_TOKEN_FILE]')
            [CompletionResult]::new('--login-meta', '--login-meta', [CompletionResultType]::ParameterName, 'Note on the token of the log-in; can be repeated')
            [CompletionResult]::new('--config-source', '--config-source', [CompletionResultType]::ParameterName, 'Where Envoy''s configuration comes from [env: TERMGATE_CONFIG_SOURCE] [default: auto]')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Read Consul''s state from a snapshot file instead of an agent [env: TERMGATE_SNAPSHOT]')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long to wait for the agent before giving up, such as 5m [env: TERMGATE_WAIT] [default: 30s]')
            [CompletionResult]::new('--drain-time', '--drain-time', [CompletionResultType]::ParameterName, 'How long to wait for open connections after SIGTERM [env: TERMGATE_DRAIN_TIME] [default: 10s]')
            [CompletionResult]::new('--drain-min', '--drain-min', [CompletionResultType]::ParameterName, 'How long to keep serving after the deregistration, even if no connection is open [env: TERMGATE_DRAIN_MIN] [default: 5s]')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Worker threads of Envoy, in direct mode [env: TERMGATE_CONCURRENCY] [default: auto]')
            [CompletionResult]::new('--memory-limit', '--memory-limit', [CompletionResultType]::ParameterName, 'Memory within which Envoy sheds load, in direct mode [env: TERMGATE_MEMORY_LIMIT] [default: auto]')
            [CompletionResult]::new('--run-dir', '--run-dir', [CompletionResultType]::ParameterName, 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]')
            [CompletionResult]::new('--ready-bind', '--ready-bind', [CompletionResultType]::ParameterName, 'Where termgate answers /ready, /live and /healthz [env: TERMGATE_READY_BIND]')
            [CompletionResult]::new('--metrics-bind', '--metrics-bind', [CompletionResultType]::ParameterName, 'Where termgate answers /metrics, in Prometheus'' text format [env: TERMGATE_METRICS_BIND]')
            [CompletionResult]::new('--log-format', '--log-format', [CompletionResultType]::ParameterName, 'How to log on stderr [env: TERMGATE_LOG_FORMAT] [default: human]')
            [CompletionResult]::new('--log-level', '--log-level', [CompletionResultType]::ParameterName, 'How much to log [env: TERMGATE_LOG_LEVEL] [default: info]')
            [CompletionResult]::new('--allow-address', '--allow-address', [CompletionResultType]::ParameterName, 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--omit-deprecated-tags', '--omit-deprecated-tags', [CompletionResultType]::ParameterName, 'Leave out the metric tags of Consul before 1.9')
            [CompletionResult]::new('--no-central-config', '--no-central-config', [CompletionResultType]::ParameterName, 'Leave Proxy.Config of proxy-defaults and of the registration out of the bootstrap')
            [CompletionResult]::new('--ignore-envoy-compatibility', '--ignore-envoy-compatibility', [CompletionResultType]::ParameterName, 'Start Envoy even if this Consul is not known to support its version')
            [CompletionResult]::new('--no-register', '--no-register', [CompletionResultType]::ParameterName, 'Use the existing registration of the gateway')
            [CompletionResult]::new('--deregister-on-exit', '--deregister-on-exit', [CompletionResultType]::ParameterName, 'Deregister the gateway when termgate ends [env: TERMGATE_DEREGISTER_ON_EXIT]')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'Register the gateway even if another one with its ID still accepts connections [env: TERMGATE_REPLACE]')
            [CompletionResult]::new('--consul-stats-tags', '--consul-stats-tags', [CompletionResultType]::ParameterName, 'In direct mode, tag Envoy''s metrics as Consul''s bootstrap does [env: TERMGATE_CONSUL_STATS_TAGS]')
            [CompletionResult]::new('--no-probe', '--no-probe', [CompletionResultType]::ParameterName, 'In direct mode, do not probe external servers that cannot be reached [env: TERMGATE_NO_PROBE]')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log every request and decision; the same as --log-level debug')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log every request and decision; the same as --log-level debug')
            [CompletionResult]::new('--system-ca', '--system-ca', [CompletionResultType]::ParameterName, 'Use TLS with the platform''s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]')
            [CompletionResult]::new('--insecure-disable-path-normalization', '--insecure-disable-path-normalization', [CompletionResultType]::ParameterName, 'In direct mode, forward request paths as clients spell them [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;bootstrap' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--service-id', '--service-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--proxy-id', '--proxy-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--admin-bind', '--admin-bind', [CompletionResultType]::ParameterName, 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]')
            [CompletionResult]::new('--grpc-addr', '--grpc-addr', [CompletionResultType]::ParameterName, 'The agent''s gRPC address, for the xds source [env: CONSUL_GRPC_ADDR] [default: as the agent reports]')
            [CompletionResult]::new('--grpc-ca-file', '--grpc-ca-file', [CompletionResultType]::ParameterName, 'CA file for TLS to the agent''s gRPC port [env: CONSUL_GRPC_CACERT]')
            [CompletionResult]::new('--grpc-ca-path', '--grpc-ca-path', [CompletionResultType]::ParameterName, 'Directory of CA files for TLS to the gRPC port [env: CONSUL_GRPC_CAPATH]')
            [CompletionResult]::new('--envoy-ready-bind-address', '--envoy-ready-bind-address', [CompletionResultType]::ParameterName, 'IP address of Envoy''s readiness endpoint')
            [CompletionResult]::new('--envoy-ready-bind-port', '--envoy-ready-bind-port', [CompletionResultType]::ParameterName, 'Port of Envoy''s readiness endpoint')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to this file instead of stdout')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to this file instead of stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--omit-deprecated-tags', '--omit-deprecated-tags', [CompletionResultType]::ParameterName, 'Leave out the metric tags of Consul before 1.9')
            [CompletionResult]::new('--no-central-config', '--no-central-config', [CompletionResultType]::ParameterName, 'Leave Proxy.Config of proxy-defaults and of the registration out of the bootstrap')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('--explain-config', '--explain-config', [CompletionResultType]::ParameterName, 'Print each value of Proxy.Config with its origin, instead of the bootstrap')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;register' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--service-id', '--service-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--proxy-id', '--proxy-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--address', '--address', [CompletionResultType]::ParameterName, 'Address inside the datacenter; may be a template [env: TERMGATE_ADDRESS]')
            [CompletionResult]::new('--wan-address', '--wan-address', [CompletionResultType]::ParameterName, 'Address for other datacenters, in the same form [env: TERMGATE_WAN_ADDRESS]')
            [CompletionResult]::new('--bind-address', '--bind-address', [CompletionResultType]::ParameterName, 'Address that Envoy listens on instead of --address; repeatable')
            [CompletionResult]::new('--deregister-after-critical', '--deregister-after-critical', [CompletionResultType]::ParameterName, 'How long the health check may fail before the agent deregisters the service [default: 6h]')
            [CompletionResult]::new('--service-config', '--service-config', [CompletionResultType]::ParameterName, 'Service definition file (HCL or JSON), as an agent reads it')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Service definition file (HCL or JSON), as an agent reads it')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;deregister' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--service-id', '--service-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--proxy-id', '--proxy-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;reload' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--service-id', '--service-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--proxy-id', '--proxy-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--run-dir', '--run-dir', [CompletionResultType]::ParameterName, 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;render' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--service-id', '--service-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--proxy-id', '--proxy-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Read Consul''s state from a snapshot file instead of an agent')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print one static configuration that Envoy loads, or the resources by kind')
            [CompletionResult]::new('--envoy-version', '--envoy-version', [CompletionResultType]::ParameterName, 'The Envoy that loads the configuration, such as 1.40.0 [default: any]')
            [CompletionResult]::new('--allow-address', '--allow-address', [CompletionResultType]::ParameterName, 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--with-secrets', '--with-secrets', [CompletionResultType]::ParameterName, 'Include private keys')
            [CompletionResult]::new('--check-files', '--check-files', [CompletionResultType]::ParameterName, 'Check the TLS files of linked services on this host, as `run` does')
            [CompletionResult]::new('--system-ca', '--system-ca', [CompletionResultType]::ParameterName, 'Use TLS with the platform''s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]')
            [CompletionResult]::new('--insecure-disable-path-normalization', '--insecure-disable-path-normalization', [CompletionResultType]::ParameterName, 'In direct mode, forward request paths as clients spell them [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;snapshot' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--service-id', '--service-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--proxy-id', '--proxy-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--admin-bind', '--admin-bind', [CompletionResultType]::ParameterName, 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]')
            [CompletionResult]::new('--run-dir', '--run-dir', [CompletionResultType]::ParameterName, 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to this file instead of stdout')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to this file instead of stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--with-secrets', '--with-secrets', [CompletionResultType]::ParameterName, 'Include private keys')
            [CompletionResult]::new('--with-envoy', '--with-envoy', [CompletionResultType]::ParameterName, 'Add what Envoy''s admin server answers, and versions, without secrets')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;doctor' {
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Print what the code of a finding means, why it matters and what to do, and nothing else')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Look again until no check fails, for at most this long, such as 5m')
            [CompletionResult]::new('--bundle', '--bundle', [CompletionResultType]::ParameterName, 'Also write what was seen to this file, without secrets')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Read Consul''s state from a snapshot file instead of an agent')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--service-id', '--service-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--proxy-id', '--proxy-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--admin-bind', '--admin-bind', [CompletionResultType]::ParameterName, 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]')
            [CompletionResult]::new('--envoy-binary', '--envoy-binary', [CompletionResultType]::ParameterName, 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]')
            [CompletionResult]::new('--run-dir', '--run-dir', [CompletionResultType]::ParameterName, 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]')
            [CompletionResult]::new('--allow-address', '--allow-address', [CompletionResultType]::ParameterName, 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--resolve', '--resolve', [CompletionResultType]::ParameterName, 'Look up the host names of instances')
            [CompletionResult]::new('--probe', '--probe', [CompletionResultType]::ParameterName, 'Connect to the servers of linked services')
            [CompletionResult]::new('--system-ca', '--system-ca', [CompletionResultType]::ParameterName, 'Use TLS with the platform''s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;explain' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'The service that connects [default: any]')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'Path of the request, as the client spells it')
            [CompletionResult]::new('--method', '--method', [CompletionResultType]::ParameterName, 'Method of the request [default: GET]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Header of the request; repeatable')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Read Consul''s state from a snapshot file instead of an agent')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--service-id', '--service-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--proxy-id', '--proxy-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--admin-bind', '--admin-bind', [CompletionResultType]::ParameterName, 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]')
            [CompletionResult]::new('--envoy-binary', '--envoy-binary', [CompletionResultType]::ParameterName, 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]')
            [CompletionResult]::new('--run-dir', '--run-dir', [CompletionResultType]::ParameterName, 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]')
            [CompletionResult]::new('--allow-address', '--allow-address', [CompletionResultType]::ParameterName, 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--insecure-disable-path-normalization', '--insecure-disable-path-normalization', [CompletionResultType]::ParameterName, 'In direct mode, forward request paths as clients spell them [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]')
            [CompletionResult]::new('--resolve', '--resolve', [CompletionResultType]::ParameterName, 'Look up the host names of instances')
            [CompletionResult]::new('--probe', '--probe', [CompletionResultType]::ParameterName, 'Connect to the servers of linked services')
            [CompletionResult]::new('--system-ca', '--system-ca', [CompletionResultType]::ParameterName, 'Use TLS with the platform''s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;graph' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to draw it [default: by the name of the output file, else mermaid]')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Read Consul''s state from a snapshot file instead of an agent')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--service-id', '--service-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--proxy-id', '--proxy-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--admin-bind', '--admin-bind', [CompletionResultType]::ParameterName, 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]')
            [CompletionResult]::new('--envoy-binary', '--envoy-binary', [CompletionResultType]::ParameterName, 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]')
            [CompletionResult]::new('--run-dir', '--run-dir', [CompletionResultType]::ParameterName, 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]')
            [CompletionResult]::new('--allow-address', '--allow-address', [CompletionResultType]::ParameterName, 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to this file instead of stdout')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to this file instead of stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--resolve', '--resolve', [CompletionResultType]::ParameterName, 'Look up the host names of instances')
            [CompletionResult]::new('--probe', '--probe', [CompletionResultType]::ParameterName, 'Connect to the servers of linked services')
            [CompletionResult]::new('--system-ca', '--system-ca', [CompletionResultType]::ParameterName, 'Use TLS with the platform''s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;audit' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('egress', 'egress', [CompletionResultType]::ParameterValue, 'Judge every way out of the mesh through the gateway')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;audit;egress' {
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Read Consul''s state from a snapshot file instead of an agent')
            [CompletionResult]::new('--allow', '--allow', [CompletionResultType]::ParameterName, 'Report every way that this allow list does not name')
            [CompletionResult]::new('--allow-address', '--allow-address', [CompletionResultType]::ParameterName, 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--service-id', '--service-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--proxy-id', '--proxy-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--resolve', '--resolve', [CompletionResultType]::ParameterName, 'Look up the host names of instances')
            [CompletionResult]::new('--system-ca', '--system-ca', [CompletionResultType]::ParameterName, 'Use TLS with the platform''s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;audit;help' {
            [CompletionResult]::new('egress', 'egress', [CompletionResultType]::ParameterValue, 'Judge every way out of the mesh through the gateway')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;audit;help;egress' {
            break
        }
        'termgate;audit;help;help' {
            break
        }
        'termgate;status' {
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'Time between two looks at Envoy''s counters, which rates need')
            [CompletionResult]::new('--html', '--html', [CompletionResultType]::ParameterName, 'Write one self-contained HTML page to this file instead')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Read Consul''s state from a snapshot file instead of an agent')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--service-id', '--service-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--proxy-id', '--proxy-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]')
            [CompletionResult]::new('--admin-bind', '--admin-bind', [CompletionResultType]::ParameterName, 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]')
            [CompletionResult]::new('--envoy-binary', '--envoy-binary', [CompletionResultType]::ParameterName, 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]')
            [CompletionResult]::new('--run-dir', '--run-dir', [CompletionResultType]::ParameterName, 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]')
            [CompletionResult]::new('--allow-address', '--allow-address', [CompletionResultType]::ParameterName, 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Keep showing it: on a terminal as a live view, else a line per change')
            [CompletionResult]::new('--system-ca', '--system-ca', [CompletionResultType]::ParameterName, 'Use TLS with the platform''s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;address' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('eval', 'eval', [CompletionResultType]::ParameterValue, 'Print what an address template renders to on this host')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;address;eval' {
            [CompletionResult]::new('--interfaces', '--interfaces', [CompletionResultType]::ParameterName, 'Use the interfaces of this JSON file instead of this host''s')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;address;help' {
            [CompletionResult]::new('eval', 'eval', [CompletionResultType]::ParameterValue, 'Print what an address template renders to on this host')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;address;help;eval' {
            break
        }
        'termgate;address;help;help' {
            break
        }
        'termgate;intentions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Say whether a source may reach a linked service, and why')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the intentions on a gateway''s linked services')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;intentions;check' {
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'Path of the request, as the client spells it')
            [CompletionResult]::new('--method', '--method', [CompletionResultType]::ParameterName, 'Method of the request [default: GET]')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Header of the request; repeatable')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--gateway', '--gateway', [CompletionResultType]::ParameterName, 'gateway')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Read Consul''s state from a snapshot file instead of an agent')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--insecure-disable-path-normalization', '--insecure-disable-path-normalization', [CompletionResultType]::ParameterName, 'In direct mode, forward request paths as clients spell them [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;intentions;list' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--gateway', '--gateway', [CompletionResultType]::ParameterName, 'gateway')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Read Consul''s state from a snapshot file instead of an agent')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;intentions;help' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Say whether a source may reach a linked service, and why')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the intentions on a gateway''s linked services')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;intentions;help;check' {
            break
        }
        'termgate;intentions;help;list' {
            break
        }
        'termgate;intentions;help;help' {
            break
        }
        'termgate;completions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;man' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;connect' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('envoy', 'envoy', [CompletionResultType]::ParameterValue, 'Start Envoy for a gateway, as `consul connect envoy`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;connect;envoy' {
            [CompletionResult]::new('-gateway', '-gateway', [CompletionResultType]::ParameterName, 'Kind of gateway; only `terminating` is handled here')
            [CompletionResult]::new('-service', '-service', [CompletionResultType]::ParameterName, 'Service name of the gateway [default: terminating-gateway]')
            [CompletionResult]::new('-proxy-id', '-proxy-id', [CompletionResultType]::ParameterName, 'Service ID of the gateway on the local agent [env: CONNECT_PROXY_ID] [default: the only registered one; with -register the service name]')
            [CompletionResult]::new('-address', '-address', [CompletionResultType]::ParameterName, 'Address inside the datacenter; may be a template')
            [CompletionResult]::new('-wan-address', '-wan-address', [CompletionResultType]::ParameterName, 'Address for other datacenters, in the same form')
            [CompletionResult]::new('-bind-address', '-bind-address', [CompletionResultType]::ParameterName, 'Address that Envoy listens on instead of -address; repeatable')
            [CompletionResult]::new('-deregister-after-critical', '-deregister-after-critical', [CompletionResultType]::ParameterName, 'How long the health check may fail before the agent deregisters the service [default: 6h]')
            [CompletionResult]::new('-envoy-binary', '-envoy-binary', [CompletionResultType]::ParameterName, 'Envoy executable [default: `envoy` on PATH]')
            [CompletionResult]::new('-envoy-version', '-envoy-version', [CompletionResultType]::ParameterName, 'Envoy version to write into bootstraps for Consul before 1.10; no effect with later agents [default: 1.14.5]')
            [CompletionResult]::new('-admin-bind', '-admin-bind', [CompletionResultType]::ParameterName, 'Address of Envoy''s admin server, which gives full control over it [default: localhost:19000]')
            [CompletionResult]::new('-grpc-addr', '-grpc-addr', [CompletionResultType]::ParameterName, 'The agent''s gRPC address, for the xds source [env: CONSUL_GRPC_ADDR] [default: as the agent reports]')
            [CompletionResult]::new('-grpc-ca-file', '-grpc-ca-file', [CompletionResultType]::ParameterName, 'CA file for TLS to the agent''s gRPC port [env: CONSUL_GRPC_CACERT]')
            [CompletionResult]::new('-grpc-ca-path', '-grpc-ca-path', [CompletionResultType]::ParameterName, 'Directory of CA files for TLS to the gRPC port [env: CONSUL_GRPC_CAPATH]')
            [CompletionResult]::new('-envoy-ready-bind-address', '-envoy-ready-bind-address', [CompletionResultType]::ParameterName, 'IP address of Envoy''s readiness endpoint')
            [CompletionResult]::new('-envoy-ready-bind-port', '-envoy-ready-bind-port', [CompletionResultType]::ParameterName, 'Port of Envoy''s readiness endpoint')
            [CompletionResult]::new('-admin-access-log-path', '-admin-access-log-path', [CompletionResultType]::ParameterName, 'Access log of the admin server [default: /dev/null]')
            [CompletionResult]::new('-prometheus-backend-port', '-prometheus-backend-port', [CompletionResultType]::ParameterName, 'Port on 127.0.0.1 that envoy_prometheus_bind_addr forwards to, instead of Envoy''s admin server')
            [CompletionResult]::new('-prometheus-scrape-path', '-prometheus-scrape-path', [CompletionResultType]::ParameterName, 'Path of the Prometheus endpoint [default: /metrics]')
            [CompletionResult]::new('-prometheus-ca-file', '-prometheus-ca-file', [CompletionResultType]::ParameterName, 'CA file for TLS on the Prometheus endpoint')
            [CompletionResult]::new('-prometheus-ca-path', '-prometheus-ca-path', [CompletionResultType]::ParameterName, 'Directory with the CA for TLS on the Prometheus endpoint')
            [CompletionResult]::new('-prometheus-cert-file', '-prometheus-cert-file', [CompletionResultType]::ParameterName, 'Certificate for TLS on the Prometheus endpoint')
            [CompletionResult]::new('-prometheus-key-file', '-prometheus-key-file', [CompletionResultType]::ParameterName, 'Private key for TLS on the Prometheus endpoint')
            [CompletionResult]::new('-node-name', '-node-name', [CompletionResultType]::ParameterName, 'Catalog node that the gateway is registered on')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-suppress', '-suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject')
            [CompletionResult]::new('-timeout', '-timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('-sidecar-for', '-sidecar-for', [CompletionResultType]::ParameterName, 'For sidecar proxies only; refused [env: CONNECT_SIDECAR_FOR]')
            [CompletionResult]::new('-register', '-register', [CompletionResultType]::ParameterName, 'Register the gateway service with the local agent before starting Envoy')
            [CompletionResult]::new('-bootstrap', '-bootstrap', [CompletionResultType]::ParameterName, 'Print the bootstrap on stdout instead of starting Envoy')
            [CompletionResult]::new('-ignore-envoy-compatibility', '-ignore-envoy-compatibility', [CompletionResultType]::ParameterName, 'Start Envoy even if this Consul is not known to support its version')
            [CompletionResult]::new('-omit-deprecated-tags', '-omit-deprecated-tags', [CompletionResultType]::ParameterName, 'Leave out the metric tags of Consul before 1.9')
            [CompletionResult]::new('-no-central-config', '-no-central-config', [CompletionResultType]::ParameterName, 'Leave Proxy.Config of proxy-defaults and of the registration out of the bootstrap')
            [CompletionResult]::new('-strict', '-strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures')
            [CompletionResult]::new('-enable-config-gen-logging', '-enable-config-gen-logging', [CompletionResultType]::ParameterName, 'Log each step to stderr')
            [CompletionResult]::new('-explain-config', '-explain-config', [CompletionResultType]::ParameterName, 'Print on stderr where each value of Proxy.Config comes from')
            [CompletionResult]::new('-expose-servers', '-expose-servers', [CompletionResultType]::ParameterName, 'For mesh gateways only; refused')
            [CompletionResult]::new('-mesh-gateway', '-mesh-gateway', [CompletionResultType]::ParameterName, 'For mesh gateways only; refused')
            break
        }
        'termgate;connect;help' {
            [CompletionResult]::new('envoy', 'envoy', [CompletionResultType]::ParameterValue, 'Start Envoy for a gateway, as `consul connect envoy`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;connect;help;envoy' {
            break
        }
        'termgate;connect;help;help' {
            break
        }
        'termgate;config' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check entries without an agent')
            [CompletionResult]::new('fmt', 'fmt', [CompletionResultType]::ParameterValue, 'Rewrite entry files in canonical form')
            [CompletionResult]::new('convert', 'convert', [CompletionResultType]::ParameterValue, 'Convert an entry between HCL and JSON')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Compare entry files with Consul')
            [CompletionResult]::new('apply', 'apply', [CompletionResultType]::ParameterValue, 'Apply entry files to Consul')
            [CompletionResult]::new('write', 'write', [CompletionResultType]::ParameterValue, 'Write an entry, as `consul config write`')
            [CompletionResult]::new('read', 'read', [CompletionResultType]::ParameterValue, 'Print an entry, as `consul config read`')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the entries of a kind, as `consul config list`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an entry, as `consul config delete`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;config;validate' {
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--consul-version', '--consul-version', [CompletionResultType]::ParameterName, 'Consul release whose rules apply [default: the agent''s]')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--check-files', '--check-files', [CompletionResultType]::ParameterName, 'Check the TLS files of linked services on this host, as `run` does')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;config;fmt' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Write nothing, and exit with 1 if a file would change')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;config;convert' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The language to write')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to this file instead of stdout')
            [CompletionResult]::new('--output-file', '--output-file', [CompletionResultType]::ParameterName, 'Write to this file instead of stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;config;diff' {
            [CompletionResult]::new('--owner', '--owner', [CompletionResultType]::ParameterName, 'Apply the entries as this owner, and leave those of other owners alone')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--consul-version', '--consul-version', [CompletionResultType]::ParameterName, 'Consul release whose rules apply [default: the agent''s]')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Delete the entries of --owner that no file has')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Also show what changes in Envoy')
            [CompletionResult]::new('--allow-skipped', '--allow-skipped', [CompletionResultType]::ParameterName, 'Let --prune delete entries although files were skipped')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Name each file that is skipped')
            [CompletionResult]::new('--list-skipped', '--list-skipped', [CompletionResultType]::ParameterName, 'Name each file that is skipped')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;config;apply' {
            [CompletionResult]::new('--owner', '--owner', [CompletionResultType]::ParameterName, 'Apply the entries as this owner, and leave those of other owners alone')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--consul-version', '--consul-version', [CompletionResultType]::ParameterName, 'Consul release whose rules apply [default: the agent''s]')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Delete the entries of --owner that no file has')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Also show what changes in Envoy')
            [CompletionResult]::new('--allow-skipped', '--allow-skipped', [CompletionResultType]::ParameterName, 'Let --prune delete entries although files were skipped')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Name each file that is skipped')
            [CompletionResult]::new('--list-skipped', '--list-skipped', [CompletionResultType]::ParameterName, 'Name each file that is skipped')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;config;write' {
            [CompletionResult]::new('-modify-index', '-modify-index', [CompletionResultType]::ParameterName, 'The ModifyIndex that -cas expects')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-cas', '-cas', [CompletionResultType]::ParameterName, 'Change the entry only if its ModifyIndex is still -modify-index')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'No effect: any server may answer the agent''s reads anyway')
            break
        }
        'termgate;config;read' {
            [CompletionResult]::new('-kind', '-kind', [CompletionResultType]::ParameterName, 'Kind of the entry, such as terminating-gateway')
            [CompletionResult]::new('-name', '-name', [CompletionResultType]::ParameterName, 'Name of the entry')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'No effect: any server may answer the agent''s reads anyway')
            break
        }
        'termgate;config;list' {
            [CompletionResult]::new('-kind', '-kind', [CompletionResultType]::ParameterName, 'Kind of the entry, such as terminating-gateway')
            [CompletionResult]::new('-filter', '-filter', [CompletionResultType]::ParameterName, 'Filter for the agent; not supported for every kind')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'No effect: any server may answer the agent''s reads anyway')
            break
        }
        'termgate;config;delete' {
            [CompletionResult]::new('-kind', '-kind', [CompletionResultType]::ParameterName, 'Kind of the entry, such as terminating-gateway')
            [CompletionResult]::new('-name', '-name', [CompletionResultType]::ParameterName, 'Name of the entry')
            [CompletionResult]::new('-filename', '-filename', [CompletionResultType]::ParameterName, 'File with the entry to delete, instead of -kind and -name')
            [CompletionResult]::new('-modify-index', '-modify-index', [CompletionResultType]::ParameterName, 'The ModifyIndex that -cas expects')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-cas', '-cas', [CompletionResultType]::ParameterName, 'Change the entry only if its ModifyIndex is still -modify-index')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'No effect: any server may answer the agent''s reads anyway')
            break
        }
        'termgate;config;help' {
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check entries without an agent')
            [CompletionResult]::new('fmt', 'fmt', [CompletionResultType]::ParameterValue, 'Rewrite entry files in canonical form')
            [CompletionResult]::new('convert', 'convert', [CompletionResultType]::ParameterValue, 'Convert an entry between HCL and JSON')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Compare entry files with Consul')
            [CompletionResult]::new('apply', 'apply', [CompletionResultType]::ParameterValue, 'Apply entry files to Consul')
            [CompletionResult]::new('write', 'write', [CompletionResultType]::ParameterValue, 'Write an entry, as `consul config write`')
            [CompletionResult]::new('read', 'read', [CompletionResultType]::ParameterValue, 'Print an entry, as `consul config read`')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the entries of a kind, as `consul config list`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an entry, as `consul config delete`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;config;help;validate' {
            break
        }
        'termgate;config;help;fmt' {
            break
        }
        'termgate;config;help;convert' {
            break
        }
        'termgate;config;help;diff' {
            break
        }
        'termgate;config;help;apply' {
            break
        }
        'termgate;config;help;write' {
            break
        }
        'termgate;config;help;read' {
            break
        }
        'termgate;config;help;list' {
            break
        }
        'termgate;config;help;delete' {
            break
        }
        'termgate;config;help;help' {
            break
        }
        'termgate;login' {
            [CompletionResult]::new('-method', '-method', [CompletionResultType]::ParameterName, 'Auth method to log in with')
            [CompletionResult]::new('-type', '-type', [CompletionResultType]::ParameterName, 'Type of the auth method; Consul finds it out by itself')
            [CompletionResult]::new('-bearer-token-file', '-bearer-token-file', [CompletionResultType]::ParameterName, 'File with the JWT for the log-in')
            [CompletionResult]::new('-token-sink-file', '-token-sink-file', [CompletionResultType]::ParameterName, 'Where to write the token, for its owner alone (0600)')
            [CompletionResult]::new('-meta', '-meta', [CompletionResultType]::ParameterName, 'Note on the token; can be repeated')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;logout' {
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;acl' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('bootstrap', 'bootstrap', [CompletionResultType]::ParameterValue, 'Make the first token, as `consul acl bootstrap`')
            [CompletionResult]::new('set-agent-token', 'set-agent-token', [CompletionResultType]::ParameterValue, 'Give the agent a token, as `consul acl set-agent-token`')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Print the least policy that a gateway''s token needs')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Manage ACL tokens with the command lines of `consul acl token`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;acl;bootstrap' {
            [CompletionResult]::new('-format', '-format', [CompletionResultType]::ParameterName, 'Output: pretty or json [default: pretty]')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;acl;set-agent-token' {
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;acl;policy' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The language of the policy [default: hcl]')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--gateway', '--gateway', [CompletionResultType]::ParameterName, 'gateway')
            [CompletionResult]::new('--snapshot', '--snapshot', [CompletionResultType]::ParameterName, 'Read Consul''s state from a snapshot file instead of an agent')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'List what the token in hand lacks, instead of printing the policy')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an ACL policy, as `consul acl policy create`')
            [CompletionResult]::new('read', 'read', [CompletionResultType]::ParameterValue, 'Show an ACL policy, as `consul acl policy read`')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Change an ACL policy, as `consul acl policy update`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an ACL policy, as `consul acl policy delete`')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the ACL policies, as `consul acl policy list`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;acl;policy;create' {
            [CompletionResult]::new('-name', '-name', [CompletionResultType]::ParameterName, 'Name of the policy')
            [CompletionResult]::new('-description', '-description', [CompletionResultType]::ParameterName, 'What the policy is for')
            [CompletionResult]::new('-rules', '-rules', [CompletionResultType]::ParameterName, 'The rules: a text, @FILE, or - for standard input')
            [CompletionResult]::new('-valid-datacenter', '-valid-datacenter', [CompletionResultType]::ParameterName, 'Datacenter where the policy is valid; can be repeated')
            [CompletionResult]::new('-format', '-format', [CompletionResultType]::ParameterName, 'Output: pretty or json [default: pretty]')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-meta', '-meta', [CompletionResultType]::ParameterName, 'Print hash and indexes too')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;acl;policy;read' {
            [CompletionResult]::new('-id', '-id', [CompletionResultType]::ParameterName, 'ID of the policy, or the beginning of it')
            [CompletionResult]::new('-name', '-name', [CompletionResultType]::ParameterName, 'Name of the policy; with -id on update, its new name')
            [CompletionResult]::new('-format', '-format', [CompletionResultType]::ParameterName, 'Output: pretty or json [default: pretty]')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-meta', '-meta', [CompletionResultType]::ParameterName, 'Print hash and indexes too')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;acl;policy;update' {
            [CompletionResult]::new('-id', '-id', [CompletionResultType]::ParameterName, 'ID of the policy, or the beginning of it')
            [CompletionResult]::new('-name', '-name', [CompletionResultType]::ParameterName, 'Name of the policy; with -id on update, its new name')
            [CompletionResult]::new('-description', '-description', [CompletionResultType]::ParameterName, 'What the policy is for')
            [CompletionResult]::new('-rules', '-rules', [CompletionResultType]::ParameterName, 'The rules: a text, @FILE, or - for standard input')
            [CompletionResult]::new('-valid-datacenter', '-valid-datacenter', [CompletionResultType]::ParameterName, 'Datacenter where the policy is valid; can be repeated')
            [CompletionResult]::new('-format', '-format', [CompletionResultType]::ParameterName, 'Output: pretty or json [default: pretty]')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-no-merge', '-no-merge', [CompletionResultType]::ParameterName, 'Empty what is not given, instead of leaving it as it is')
            [CompletionResult]::new('-meta', '-meta', [CompletionResultType]::ParameterName, 'Print hash and indexes too')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;acl;policy;delete' {
            [CompletionResult]::new('-id', '-id', [CompletionResultType]::ParameterName, 'ID of the policy, or the beginning of it')
            [CompletionResult]::new('-name', '-name', [CompletionResultType]::ParameterName, 'Name of the policy; with -id on update, its new name')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;acl;policy;list' {
            [CompletionResult]::new('-format', '-format', [CompletionResultType]::ParameterName, 'Output: pretty or json [default: pretty]')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-meta', '-meta', [CompletionResultType]::ParameterName, 'Print hash and indexes too')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;acl;policy;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an ACL policy, as `consul acl policy create`')
            [CompletionResult]::new('read', 'read', [CompletionResultType]::ParameterValue, 'Show an ACL policy, as `consul acl policy read`')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Change an ACL policy, as `consul acl policy update`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an ACL policy, as `consul acl policy delete`')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the ACL policies, as `consul acl policy list`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;acl;policy;help;create' {
            break
        }
        'termgate;acl;policy;help;read' {
            break
        }
        'termgate;acl;policy;help;update' {
            break
        }
        'termgate;acl;policy;help;delete' {
            break
        }
        'termgate;acl;policy;help;list' {
            break
        }
        'termgate;acl;policy;help;help' {
            break
        }
        'termgate;acl;token' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an ACL token, as `consul acl token create`')
            [CompletionResult]::new('read', 'read', [CompletionResultType]::ParameterValue, 'Show an ACL token, as `consul acl token read`')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Change an ACL token, as `consul acl token update`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an ACL token, as `consul acl token delete`')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the ACL tokens, as `consul acl token list`')
            [CompletionResult]::new('clone', 'clone', [CompletionResultType]::ParameterValue, 'Clone an ACL token, as `consul acl token clone`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;acl;token;create' {
            [CompletionResult]::new('-description', '-description', [CompletionResultType]::ParameterName, 'What the token is for')
            [CompletionResult]::new('-policy-id', '-policy-id', [CompletionResultType]::ParameterName, 'ID of a policy, or the beginning of it; can be repeated')
            [CompletionResult]::new('-policy-name', '-policy-name', [CompletionResultType]::ParameterName, 'Name of a policy; can be repeated')
            [CompletionResult]::new('-role-id', '-role-id', [CompletionResultType]::ParameterName, 'ID of a role, or the beginning of it; can be repeated')
            [CompletionResult]::new('-role-name', '-role-name', [CompletionResultType]::ParameterName, 'Name of a role; can be repeated')
            [CompletionResult]::new('-service-identity', '-service-identity', [CompletionResultType]::ParameterName, 'Service that the token stands for; can be repeated')
            [CompletionResult]::new('-node-identity', '-node-identity', [CompletionResultType]::ParameterName, 'Node that the token stands for; can be repeated')
            [CompletionResult]::new('-accessor', '-accessor', [CompletionResultType]::ParameterName, 'Accessor ID of the new token [default: a random one]')
            [CompletionResult]::new('-secret', '-secret', [CompletionResultType]::ParameterName, 'Secret ID of the new token [default: a random one]')
            [CompletionResult]::new('-expires-ttl', '-expires-ttl', [CompletionResultType]::ParameterName, 'How long the token is valid [default: for ever]')
            [CompletionResult]::new('-format', '-format', [CompletionResultType]::ParameterName, 'Output: pretty or json [default: pretty]')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-local', '-local', [CompletionResultType]::ParameterName, 'Make a token that is valid in this datacenter only')
            [CompletionResult]::new('-meta', '-meta', [CompletionResultType]::ParameterName, 'Print hash and indexes too')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;acl;token;read' {
            [CompletionResult]::new('-id', '-id', [CompletionResultType]::ParameterName, 'Accessor ID of the token, or the beginning of it')
            [CompletionResult]::new('-accessor-id', '-accessor-id', [CompletionResultType]::ParameterName, 'The same as -id; the name since Consul 1.15')
            [CompletionResult]::new('-format', '-format', [CompletionResultType]::ParameterName, 'Output: pretty or json [default: pretty]')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-self', '-self', [CompletionResultType]::ParameterName, 'Read the token of this request')
            [CompletionResult]::new('-meta', '-meta', [CompletionResultType]::ParameterName, 'Print hash and indexes too')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;acl;token;update' {
            [CompletionResult]::new('-id', '-id', [CompletionResultType]::ParameterName, 'Accessor ID of the token, or the beginning of it')
            [CompletionResult]::new('-accessor-id', '-accessor-id', [CompletionResultType]::ParameterName, 'The same as -id; the name since Consul 1.15')
            [CompletionResult]::new('-description', '-description', [CompletionResultType]::ParameterName, 'What the token is for')
            [CompletionResult]::new('-policy-id', '-policy-id', [CompletionResultType]::ParameterName, 'ID of a policy, or the beginning of it; can be repeated')
            [CompletionResult]::new('-policy-name', '-policy-name', [CompletionResultType]::ParameterName, 'Name of a policy; can be repeated')
            [CompletionResult]::new('-role-id', '-role-id', [CompletionResultType]::ParameterName, 'ID of a role, or the beginning of it; can be repeated')
            [CompletionResult]::new('-role-name', '-role-name', [CompletionResultType]::ParameterName, 'Name of a role; can be repeated')
            [CompletionResult]::new('-service-identity', '-service-identity', [CompletionResultType]::ParameterName, 'Service that the token stands for; can be repeated')
            [CompletionResult]::new('-node-identity', '-node-identity', [CompletionResultType]::ParameterName, 'Node that the token stands for; can be repeated')
            [CompletionResult]::new('-append-policy-id', '-append-policy-id', [CompletionResultType]::ParameterName, 'The same as -policy-id with -merge-policies (Consul 1.15)')
            [CompletionResult]::new('-append-policy-name', '-append-policy-name', [CompletionResultType]::ParameterName, 'The same as -policy-name with -merge-policies (Consul 1.15)')
            [CompletionResult]::new('-append-role-id', '-append-role-id', [CompletionResultType]::ParameterName, 'The same as -role-id with -merge-roles (Consul 1.15)')
            [CompletionResult]::new('-append-role-name', '-append-role-name', [CompletionResultType]::ParameterName, 'The same as -role-name with -merge-roles (Consul 1.15)')
            [CompletionResult]::new('-format', '-format', [CompletionResultType]::ParameterName, 'Output: pretty or json [default: pretty]')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-merge-policies', '-merge-policies', [CompletionResultType]::ParameterName, 'Add to the policies instead of replacing them')
            [CompletionResult]::new('-merge-roles', '-merge-roles', [CompletionResultType]::ParameterName, 'Add to the roles instead of replacing them')
            [CompletionResult]::new('-merge-service-identities', '-merge-service-identities', [CompletionResultType]::ParameterName, 'Add to the service identities instead of replacing them')
            [CompletionResult]::new('-merge-node-identities', '-merge-node-identities', [CompletionResultType]::ParameterName, 'Add to the node identities instead of replacing them')
            [CompletionResult]::new('-meta', '-meta', [CompletionResultType]::ParameterName, 'Print hash and indexes too')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;acl;token;delete' {
            [CompletionResult]::new('-id', '-id', [CompletionResultType]::ParameterName, 'Accessor ID of the token, or the beginning of it')
            [CompletionResult]::new('-accessor-id', '-accessor-id', [CompletionResultType]::ParameterName, 'The same as -id; the name since Consul 1.15')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;acl;token;list' {
            [CompletionResult]::new('-format', '-format', [CompletionResultType]::ParameterName, 'Output: pretty or json [default: pretty]')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-meta', '-meta', [CompletionResultType]::ParameterName, 'Print hash and indexes too')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;acl;token;clone' {
            [CompletionResult]::new('-id', '-id', [CompletionResultType]::ParameterName, 'Accessor ID of the token, or the beginning of it')
            [CompletionResult]::new('-accessor-id', '-accessor-id', [CompletionResultType]::ParameterName, 'The same as -id; the name since Consul 1.15')
            [CompletionResult]::new('-description', '-description', [CompletionResultType]::ParameterName, 'What the token is for')
            [CompletionResult]::new('-format', '-format', [CompletionResultType]::ParameterName, 'Output: pretty or json [default: pretty]')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-meta', '-meta', [CompletionResultType]::ParameterName, 'Print hash and indexes too')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;acl;token;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an ACL token, as `consul acl token create`')
            [CompletionResult]::new('read', 'read', [CompletionResultType]::ParameterValue, 'Show an ACL token, as `consul acl token read`')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Change an ACL token, as `consul acl token update`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an ACL token, as `consul acl token delete`')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the ACL tokens, as `consul acl token list`')
            [CompletionResult]::new('clone', 'clone', [CompletionResultType]::ParameterValue, 'Clone an ACL token, as `consul acl token clone`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;acl;token;help;create' {
            break
        }
        'termgate;acl;token;help;read' {
            break
        }
        'termgate;acl;token;help;update' {
            break
        }
        'termgate;acl;token;help;delete' {
            break
        }
        'termgate;acl;token;help;list' {
            break
        }
        'termgate;acl;token;help;clone' {
            break
        }
        'termgate;acl;token;help;help' {
            break
        }
        'termgate;acl;help' {
            [CompletionResult]::new('bootstrap', 'bootstrap', [CompletionResultType]::ParameterValue, 'Make the first token, as `consul acl bootstrap`')
            [CompletionResult]::new('set-agent-token', 'set-agent-token', [CompletionResultType]::ParameterValue, 'Give the agent a token, as `consul acl set-agent-token`')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Print the least policy that a gateway''s token needs')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Manage ACL tokens with the command lines of `consul acl token`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;acl;help;bootstrap' {
            break
        }
        'termgate;acl;help;set-agent-token' {
            break
        }
        'termgate;acl;help;policy' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an ACL policy, as `consul acl policy create`')
            [CompletionResult]::new('read', 'read', [CompletionResultType]::ParameterValue, 'Show an ACL policy, as `consul acl policy read`')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Change an ACL policy, as `consul acl policy update`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an ACL policy, as `consul acl policy delete`')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the ACL policies, as `consul acl policy list`')
            break
        }
        'termgate;acl;help;policy;create' {
            break
        }
        'termgate;acl;help;policy;read' {
            break
        }
        'termgate;acl;help;policy;update' {
            break
        }
        'termgate;acl;help;policy;delete' {
            break
        }
        'termgate;acl;help;policy;list' {
            break
        }
        'termgate;acl;help;token' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an ACL token, as `consul acl token create`')
            [CompletionResult]::new('read', 'read', [CompletionResultType]::ParameterValue, 'Show an ACL token, as `consul acl token read`')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Change an ACL token, as `consul acl token update`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an ACL token, as `consul acl token delete`')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the ACL tokens, as `consul acl token list`')
            [CompletionResult]::new('clone', 'clone', [CompletionResultType]::ParameterValue, 'Clone an ACL token, as `consul acl token clone`')
            break
        }
        'termgate;acl;help;token;create' {
            break
        }
        'termgate;acl;help;token;read' {
            break
        }
        'termgate;acl;help;token;update' {
            break
        }
        'termgate;acl;help;token;delete' {
            break
        }
        'termgate;acl;help;token;list' {
            break
        }
        'termgate;acl;help;token;clone' {
            break
        }
        'termgate;acl;help;help' {
            break
        }
        'termgate;catalog' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('datacenters', 'datacenters', [CompletionResultType]::ParameterValue, 'List the datacenters, as `consul catalog datacenters`')
            [CompletionResult]::new('nodes', 'nodes', [CompletionResultType]::ParameterValue, 'List nodes, as `consul catalog nodes`')
            [CompletionResult]::new('services', 'services', [CompletionResultType]::ParameterValue, 'List services, as `consul catalog services`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;catalog;datacenters' {
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;catalog;nodes' {
            [CompletionResult]::new('-filter', '-filter', [CompletionResultType]::ParameterName, 'Filter for the agent')
            [CompletionResult]::new('-near', '-near', [CompletionResultType]::ParameterName, 'Sort by the round-trip time from this node, or from _agent')
            [CompletionResult]::new('-node-meta', '-node-meta', [CompletionResultType]::ParameterName, 'Metadata of the nodes; repeatable')
            [CompletionResult]::new('-service', '-service', [CompletionResultType]::ParameterName, 'List nodes that have this service')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-detailed', '-detailed', [CompletionResultType]::ParameterName, 'Print more about each')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;catalog;services' {
            [CompletionResult]::new('-node', '-node', [CompletionResultType]::ParameterName, 'List services of this node')
            [CompletionResult]::new('-node-meta', '-node-meta', [CompletionResultType]::ParameterName, 'Metadata of the nodes; repeatable')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-tags', '-tags', [CompletionResultType]::ParameterName, 'Print each service''s tags')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;catalog;help' {
            [CompletionResult]::new('datacenters', 'datacenters', [CompletionResultType]::ParameterValue, 'List the datacenters, as `consul catalog datacenters`')
            [CompletionResult]::new('nodes', 'nodes', [CompletionResultType]::ParameterValue, 'List nodes, as `consul catalog nodes`')
            [CompletionResult]::new('services', 'services', [CompletionResultType]::ParameterValue, 'List services, as `consul catalog services`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;catalog;help;datacenters' {
            break
        }
        'termgate;catalog;help;nodes' {
            break
        }
        'termgate;catalog;help;services' {
            break
        }
        'termgate;catalog;help;help' {
            break
        }
        'termgate;info' {
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;members' {
            [CompletionResult]::new('-status', '-status', [CompletionResultType]::ParameterName, 'List members whose status matches only')
            [CompletionResult]::new('-segment', '-segment', [CompletionResultType]::ParameterName, 'Enterprise network segment')
            [CompletionResult]::new('-filter', '-filter', [CompletionResultType]::ParameterName, 'Filter for the agent')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-detailed', '-detailed', [CompletionResultType]::ParameterName, 'Print more about each')
            [CompletionResult]::new('-wan', '-wan', [CompletionResultType]::ParameterName, 'List the servers of all datacenters')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;version' {
            [CompletionResult]::new('-format', '-format', [CompletionResultType]::ParameterName, 'pretty or json [default: pretty]')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;intention' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an intention, as `consul intention create`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an intention, as `consul intention delete`')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Ask whether a connection is allowed, as `consul intention check`')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show an intention, as `consul intention get`')
            [CompletionResult]::new('match', 'match', [CompletionResultType]::ParameterValue, 'List the intentions of a service, as `consul intention match`')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List all intentions, as `consul intention list`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;intention;create' {
            [CompletionResult]::new('-meta', '-meta', [CompletionResultType]::ParameterName, 'Note on the intention; can be repeated')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-allow', '-allow', [CompletionResultType]::ParameterName, 'Allow the connection [default]')
            [CompletionResult]::new('-deny', '-deny', [CompletionResultType]::ParameterName, 'Deny the connection')
            [CompletionResult]::new('-file', '-file', [CompletionResultType]::ParameterName, 'The words are files, each with an intention in JSON')
            [CompletionResult]::new('-replace', '-replace', [CompletionResultType]::ParameterName, 'Replace an intention with the same source and destination')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;intention;delete' {
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;intention;check' {
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;intention;get' {
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;intention;match' {
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-source', '-source', [CompletionResultType]::ParameterName, 'Match intentions with this source')
            [CompletionResult]::new('-destination', '-destination', [CompletionResultType]::ParameterName, 'Match intentions with this destination [default]')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;intention;list' {
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;intention;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an intention, as `consul intention create`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an intention, as `consul intention delete`')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Ask whether a connection is allowed, as `consul intention check`')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show an intention, as `consul intention get`')
            [CompletionResult]::new('match', 'match', [CompletionResultType]::ParameterValue, 'List the intentions of a service, as `consul intention match`')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List all intentions, as `consul intention list`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;intention;help;create' {
            break
        }
        'termgate;intention;help;delete' {
            break
        }
        'termgate;intention;help;check' {
            break
        }
        'termgate;intention;help;get' {
            break
        }
        'termgate;intention;help;match' {
            break
        }
        'termgate;intention;help;list' {
            break
        }
        'termgate;intention;help;help' {
            break
        }
        'termgate;kv' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print a key''s value, as `consul kv get`')
            [CompletionResult]::new('put', 'put', [CompletionResultType]::ParameterValue, 'Write a key''s value, as `consul kv put`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a key, as `consul kv delete`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;kv;get' {
            [CompletionResult]::new('-separator', '-separator', [CompletionResultType]::ParameterName, 'With -keys: list keys up to this text only [default: /]')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-base64', '-base64', [CompletionResultType]::ParameterName, 'Print values in base64')
            [CompletionResult]::new('-detailed', '-detailed', [CompletionResultType]::ParameterName, 'Print indexes, flags and session too')
            [CompletionResult]::new('-keys', '-keys', [CompletionResultType]::ParameterName, 'List keys that begin with the prefix, without values')
            [CompletionResult]::new('-recurse', '-recurse', [CompletionResultType]::ParameterName, 'Print all keys that begin with the prefix, with values')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;kv;put' {
            [CompletionResult]::new('-flags', '-flags', [CompletionResultType]::ParameterName, 'Number to store beside the value')
            [CompletionResult]::new('-modify-index', '-modify-index', [CompletionResultType]::ParameterName, 'The ModifyIndex that -cas expects')
            [CompletionResult]::new('-session', '-session', [CompletionResultType]::ParameterName, 'Session that holds the key''s lock')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-acquire', '-acquire', [CompletionResultType]::ParameterName, 'Take the key''s lock; needs -session')
            [CompletionResult]::new('-base64', '-base64', [CompletionResultType]::ParameterName, 'Decode the value from base64')
            [CompletionResult]::new('-cas', '-cas', [CompletionResultType]::ParameterName, 'Change the key only if its ModifyIndex is still -modify-index')
            [CompletionResult]::new('-release', '-release', [CompletionResultType]::ParameterName, 'Give the key''s lock back; needs -session')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;kv;delete' {
            [CompletionResult]::new('-modify-index', '-modify-index', [CompletionResultType]::ParameterName, 'The ModifyIndex that -cas expects')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-cas', '-cas', [CompletionResultType]::ParameterName, 'Change the key only if its ModifyIndex is still -modify-index')
            [CompletionResult]::new('-recurse', '-recurse', [CompletionResultType]::ParameterName, 'Delete all keys that begin with this one')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;kv;help' {
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print a key''s value, as `consul kv get`')
            [CompletionResult]::new('put', 'put', [CompletionResultType]::ParameterValue, 'Write a key''s value, as `consul kv put`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a key, as `consul kv delete`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;kv;help;get' {
            break
        }
        'termgate;kv;help;put' {
            break
        }
        'termgate;kv;help;delete' {
            break
        }
        'termgate;kv;help;help' {
            break
        }
        'termgate;services' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Link a service to a gateway, or edit its link')
            [CompletionResult]::new('unlink', 'unlink', [CompletionResultType]::ParameterValue, 'Unlink a service from a gateway')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List a gateway''s linked services, wildcards expanded')
            [CompletionResult]::new('register', 'register', [CompletionResultType]::ParameterValue, 'Register an external service in the catalog')
            [CompletionResult]::new('deregister', 'deregister', [CompletionResultType]::ParameterValue, 'Deregister an external service from the catalog')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;services;link' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--gateway', '--gateway', [CompletionResultType]::ParameterName, 'gateway')
            [CompletionResult]::new('--service-ca-file', '--service-ca-file', [CompletionResultType]::ParameterName, 'Path, on the gateway''s host, of the CA certificates that verify the service')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'ca-file')
            [CompletionResult]::new('--service-cert-file', '--service-cert-file', [CompletionResultType]::ParameterName, 'Path of the client certificate for the service (mutual TLS)')
            [CompletionResult]::new('--cert-file', '--cert-file', [CompletionResultType]::ParameterName, 'cert-file')
            [CompletionResult]::new('--service-key-file', '--service-key-file', [CompletionResultType]::ParameterName, 'Path of its private key')
            [CompletionResult]::new('--key-file', '--key-file', [CompletionResultType]::ParameterName, 'key-file')
            [CompletionResult]::new('--sni', '--sni', [CompletionResultType]::ParameterName, 'Host name for the TLS handshake')
            [CompletionResult]::new('--disable-auto-host-rewrite', '--disable-auto-host-rewrite', [CompletionResultType]::ParameterName, 'Keep the Host header of requests (Consul 1.18 or newer)')
            [CompletionResult]::new('--service-namespace', '--service-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace of the service')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--agent-ca-file', '--agent-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--agent-ca-path', '--agent-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--agent-client-cert', '--agent-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--agent-client-key', '--agent-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--agent-tls-server-name', '--agent-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;services;unlink' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--gateway', '--gateway', [CompletionResultType]::ParameterName, 'gateway')
            [CompletionResult]::new('--service-namespace', '--service-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace of the service')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;services;list' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]')
            [CompletionResult]::new('--gateway', '--gateway', [CompletionResultType]::ParameterName, 'gateway')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;services;register' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Catalog node of the service; a node with an agent is refused')
            [CompletionResult]::new('--instance-id', '--instance-id', [CompletionResultType]::ParameterName, 'ID of the instance, if the service has several [default: the service''s name]')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'ID of the instance, if the service has several [default: the service''s name]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--suppress', '--suppress', [CompletionResultType]::ParameterName, 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]')
            [CompletionResult]::new('--address', '--address', [CompletionResultType]::ParameterName, 'Host name or IP address of the service')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'TCP port of the service')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Tag of the service; repeatable')
            [CompletionResult]::new('--meta', '--meta', [CompletionResultType]::ParameterName, 'Metadata of the service; repeatable')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, and do nothing')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Treat warnings as failures [env: TERMGATE_STRICT]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;services;deregister' {
            [CompletionResult]::new('--node', '--node', [CompletionResultType]::ParameterName, 'Catalog node of the service; a node with an agent is refused')
            [CompletionResult]::new('--instance-id', '--instance-id', [CompletionResultType]::ParameterName, 'ID of the instance, if the service has several [default: the service''s name]')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'ID of the instance, if the service has several [default: the service''s name]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How to print the result')
            [CompletionResult]::new('--http-addr', '--http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('--ca-path', '--ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('--partition', '--partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for all requests to the agent together; 0 for none [default: 1m]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour the output: auto, always or never')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print what would be done, and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'termgate;services;help' {
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Link a service to a gateway, or edit its link')
            [CompletionResult]::new('unlink', 'unlink', [CompletionResultType]::ParameterValue, 'Unlink a service from a gateway')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List a gateway''s linked services, wildcards expanded')
            [CompletionResult]::new('register', 'register', [CompletionResultType]::ParameterValue, 'Register an external service in the catalog')
            [CompletionResult]::new('deregister', 'deregister', [CompletionResultType]::ParameterValue, 'Deregister an external service from the catalog')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;services;help;link' {
            break
        }
        'termgate;services;help;unlink' {
            break
        }
        'termgate;services;help;list' {
            break
        }
        'termgate;services;help;register' {
            break
        }
        'termgate;services;help;deregister' {
            break
        }
        'termgate;services;help;help' {
            break
        }
        'termgate;validate' {
            [CompletionResult]::new('-config-format', '-config-format', [CompletionResultType]::ParameterName, 'hcl or json, whatever the files'' names')
            [CompletionResult]::new('-http-addr', '-http-addr', [CompletionResultType]::ParameterName, 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]')
            [CompletionResult]::new('-token', '-token', [CompletionResultType]::ParameterName, 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]')
            [CompletionResult]::new('-token-file', '-token-file', [CompletionResultType]::ParameterName, 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]')
            [CompletionResult]::new('-ca-file', '-ca-file', [CompletionResultType]::ParameterName, 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]')
            [CompletionResult]::new('-ca-path', '-ca-path', [CompletionResultType]::ParameterName, 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]')
            [CompletionResult]::new('-client-cert', '-client-cert', [CompletionResultType]::ParameterName, 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]')
            [CompletionResult]::new('-client-key', '-client-key', [CompletionResultType]::ParameterName, 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]')
            [CompletionResult]::new('-tls-server-name', '-tls-server-name', [CompletionResultType]::ParameterName, 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]')
            [CompletionResult]::new('-namespace', '-namespace', [CompletionResultType]::ParameterName, 'Enterprise namespace [env: CONSUL_NAMESPACE]')
            [CompletionResult]::new('-partition', '-partition', [CompletionResultType]::ParameterName, 'Enterprise admin partition [env: CONSUL_PARTITION]')
            [CompletionResult]::new('-datacenter', '-datacenter', [CompletionResultType]::ParameterName, 'Datacenter to query [default: the agent''s]')
            [CompletionResult]::new('-quiet', '-quiet', [CompletionResultType]::ParameterName, 'Print nothing if the files are valid')
            [CompletionResult]::new('-stale', '-stale', [CompletionResultType]::ParameterName, 'Let any server answer a read, not only the leader')
            break
        }
        'termgate;help' {
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Register the gateway, start Envoy and keep it configured')
            [CompletionResult]::new('bootstrap', 'bootstrap', [CompletionResultType]::ParameterValue, 'Print Envoy''s bootstrap for a registered gateway')
            [CompletionResult]::new('register', 'register', [CompletionResultType]::ParameterValue, 'Register the gateway with the local agent')
            [CompletionResult]::new('deregister', 'deregister', [CompletionResultType]::ParameterValue, 'Deregister the gateway from the local agent')
            [CompletionResult]::new('reload', 'reload', [CompletionResultType]::ParameterValue, 'Have the running gateway read everything again')
            [CompletionResult]::new('render', 'render', [CompletionResultType]::ParameterValue, 'Print the Envoy configuration that direct mode serves')
            [CompletionResult]::new('snapshot', 'snapshot', [CompletionResultType]::ParameterValue, 'Save the Consul state that the gateway depends on')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check everything that the gateway needs')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Show the way of a request through the gateway, and where it ends')
            [CompletionResult]::new('graph', 'graph', [CompletionResultType]::ParameterValue, 'Draw who reaches what through the gateway')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Judge what a gateway lets through')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the live gateway and each linked service')
            [CompletionResult]::new('address', 'address', [CompletionResultType]::ParameterValue, 'Evaluate address templates')
            [CompletionResult]::new('intentions', 'intentions', [CompletionResultType]::ParameterValue, 'Say who may reach a linked service, by which intention')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print completions for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the man page, or write all man pages to a directory')
            [CompletionResult]::new('connect', 'connect', [CompletionResultType]::ParameterValue, 'Start Envoy with the command line of `consul connect envoy`')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Check, format, compare and write configuration entries')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Exchange a JWT for an ACL token, as `consul login`')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Destroy the token of a log-in, as `consul logout`')
            [CompletionResult]::new('acl', 'acl', [CompletionResultType]::ParameterValue, 'Print a gateway''s ACL policy; manage tokens, as `consul acl`')
            [CompletionResult]::new('catalog', 'catalog', [CompletionResultType]::ParameterValue, 'List the catalog with the command lines of `consul catalog`')
            [CompletionResult]::new('info', 'info', [CompletionResultType]::ParameterValue, 'Print the agent''s figures, as `consul info`')
            [CompletionResult]::new('members', 'members', [CompletionResultType]::ParameterValue, 'List the agents of the cluster, as `consul members`')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Print the imitated version of Consul, as `consul version`')
            [CompletionResult]::new('intention', 'intention', [CompletionResultType]::ParameterValue, 'Manage intentions with the command lines of `consul intention`')
            [CompletionResult]::new('kv', 'kv', [CompletionResultType]::ParameterValue, 'Read and write keys with the command lines of `consul kv`')
            [CompletionResult]::new('services', 'services', [CompletionResultType]::ParameterValue, 'Manage a gateway''s linked services and external services')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check an agent''s service and entry files, as `consul validate`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'termgate;help;run' {
            break
        }
        'termgate;help;bootstrap' {
            break
        }
        'termgate;help;register' {
            break
        }
        'termgate;help;deregister' {
            break
        }
        'termgate;help;reload' {
            break
        }
        'termgate;help;render' {
            break
        }
        'termgate;help;snapshot' {
            break
        }
        'termgate;help;doctor' {
            break
        }
        'termgate;help;explain' {
            break
        }
        'termgate;help;graph' {
            break
        }
        'termgate;help;audit' {
            [CompletionResult]::new('egress', 'egress', [CompletionResultType]::ParameterValue, 'Judge every way out of the mesh through the gateway')
            break
        }
        'termgate;help;audit;egress' {
            break
        }
        'termgate;help;status' {
            break
        }
        'termgate;help;address' {
            [CompletionResult]::new('eval', 'eval', [CompletionResultType]::ParameterValue, 'Print what an address template renders to on this host')
            break
        }
        'termgate;help;address;eval' {
            break
        }
        'termgate;help;intentions' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Say whether a source may reach a linked service, and why')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the intentions on a gateway''s linked services')
            break
        }
        'termgate;help;intentions;check' {
            break
        }
        'termgate;help;intentions;list' {
            break
        }
        'termgate;help;completions' {
            break
        }
        'termgate;help;man' {
            break
        }
        'termgate;help;connect' {
            [CompletionResult]::new('envoy', 'envoy', [CompletionResultType]::ParameterValue, 'Start Envoy for a gateway, as `consul connect envoy`')
            break
        }
        'termgate;help;connect;envoy' {
            break
        }
        'termgate;help;config' {
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check entries without an agent')
            [CompletionResult]::new('fmt', 'fmt', [CompletionResultType]::ParameterValue, 'Rewrite entry files in canonical form')
            [CompletionResult]::new('convert', 'convert', [CompletionResultType]::ParameterValue, 'Convert an entry between HCL and JSON')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Compare entry files with Consul')
            [CompletionResult]::new('apply', 'apply', [CompletionResultType]::ParameterValue, 'Apply entry files to Consul')
            [CompletionResult]::new('write', 'write', [CompletionResultType]::ParameterValue, 'Write an entry, as `consul config write`')
            [CompletionResult]::new('read', 'read', [CompletionResultType]::ParameterValue, 'Print an entry, as `consul config read`')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the entries of a kind, as `consul config list`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an entry, as `consul config delete`')
            break
        }
        'termgate;help;config;validate' {
            break
        }
        'termgate;help;config;fmt' {
            break
        }
        'termgate;help;config;convert' {
            break
        }
        'termgate;help;config;diff' {
            break
        }
        'termgate;help;config;apply' {
            break
        }
        'termgate;help;config;write' {
            break
        }
        'termgate;help;config;read' {
            break
        }
        'termgate;help;config;list' {
            break
        }
        'termgate;help;config;delete' {
            break
        }
        'termgate;help;login' {
            break
        }
        'termgate;help;logout' {
            break
        }
        'termgate;help;acl' {
            [CompletionResult]::new('bootstrap', 'bootstrap', [CompletionResultType]::ParameterValue, 'Make the first token, as `consul acl bootstrap`')
            [CompletionResult]::new('set-agent-token', 'set-agent-token', [CompletionResultType]::ParameterValue, 'Give the agent a token, as `consul acl set-agent-token`')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Print the least policy that a gateway''s token needs')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Manage ACL tokens with the command lines of `consul acl token`')
            break
        }
        'termgate;help;acl;bootstrap' {
            break
        }
        'termgate;help;acl;set-agent-token' {
            break
        }
        'termgate;help;acl;policy' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an ACL policy, as `consul acl policy create`')
            [CompletionResult]::new('read', 'read', [CompletionResultType]::ParameterValue, 'Show an ACL policy, as `consul acl policy read`')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Change an ACL policy, as `consul acl policy update`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an ACL policy, as `consul acl policy delete`')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the ACL policies, as `consul acl policy list`')
            break
        }
        'termgate;help;acl;policy;create' {
            break
        }
        'termgate;help;acl;policy;read' {
            break
        }
        'termgate;help;acl;policy;update' {
            break
        }
        'termgate;help;acl;policy;delete' {
            break
        }
        'termgate;help;acl;policy;list' {
            break
        }
        'termgate;help;acl;token' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an ACL token, as `consul acl token create`')
            [CompletionResult]::new('read', 'read', [CompletionResultType]::ParameterValue, 'Show an ACL token, as `consul acl token read`')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Change an ACL token, as `consul acl token update`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an ACL token, as `consul acl token delete`')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the ACL tokens, as `consul acl token list`')
            [CompletionResult]::new('clone', 'clone', [CompletionResultType]::ParameterValue, 'Clone an ACL token, as `consul acl token clone`')
            break
        }
        'termgate;help;acl;token;create' {
            break
        }
        'termgate;help;acl;token;read' {
            break
        }
        'termgate;help;acl;token;update' {
            break
        }
        'termgate;help;acl;token;delete' {
            break
        }
        'termgate;help;acl;token;list' {
            break
        }
        'termgate;help;acl;token;clone' {
            break
        }
        'termgate;help;catalog' {
            [CompletionResult]::new('datacenters', 'datacenters', [CompletionResultType]::ParameterValue, 'List the datacenters, as `consul catalog datacenters`')
            [CompletionResult]::new('nodes', 'nodes', [CompletionResultType]::ParameterValue, 'List nodes, as `consul catalog nodes`')
            [CompletionResult]::new('services', 'services', [CompletionResultType]::ParameterValue, 'List services, as `consul catalog services`')
            break
        }
        'termgate;help;catalog;datacenters' {
            break
        }
        'termgate;help;catalog;nodes' {
            break
        }
        'termgate;help;catalog;services' {
            break
        }
        'termgate;help;info' {
            break
        }
        'termgate;help;members' {
            break
        }
        'termgate;help;version' {
            break
        }
        'termgate;help;intention' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an intention, as `consul intention create`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an intention, as `consul intention delete`')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Ask whether a connection is allowed, as `consul intention check`')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show an intention, as `consul intention get`')
            [CompletionResult]::new('match', 'match', [CompletionResultType]::ParameterValue, 'List the intentions of a service, as `consul intention match`')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List all intentions, as `consul intention list`')
            break
        }
        'termgate;help;intention;create' {
            break
        }
        'termgate;help;intention;delete' {
            break
        }
        'termgate;help;intention;check' {
            break
        }
        'termgate;help;intention;get' {
            break
        }
        'termgate;help;intention;match' {
            break
        }
        'termgate;help;intention;list' {
            break
        }
        'termgate;help;kv' {
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print a key''s value, as `consul kv get`')
            [CompletionResult]::new('put', 'put', [CompletionResultType]::ParameterValue, 'Write a key''s value, as `consul kv put`')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a key, as `consul kv delete`')
            break
        }
        'termgate;help;kv;get' {
            break
        }
        'termgate;help;kv;put' {
            break
        }
        'termgate;help;kv;delete' {
            break
        }
        'termgate;help;services' {
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Link a service to a gateway, or edit its link')
            [CompletionResult]::new('unlink', 'unlink', [CompletionResultType]::ParameterValue, 'Unlink a service from a gateway')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List a gateway''s linked services, wildcards expanded')
            [CompletionResult]::new('register', 'register', [CompletionResultType]::ParameterValue, 'Register an external service in the catalog')
            [CompletionResult]::new('deregister', 'deregister', [CompletionResultType]::ParameterValue, 'Deregister an external service from the catalog')
            break
        }
        'termgate;help;services;link' {
            break
        }
        'termgate;help;services;unlink' {
            break
        }
        'termgate;help;services;list' {
            break
        }
        'termgate;help;services;register' {
            break
        }
        'termgate;help;services;deregister' {
            break
        }
        'termgate;help;validate' {
            break
        }
        'termgate;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
