# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_termgate_global_optspecs
    string join \n color= h/help V/version
end

function __fish_termgate_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_termgate_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_termgate_using_subcommand
    set -l cmd (__fish_termgate_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c termgate -n "__fish_termgate_needs_command" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_needs_command" -s V -l version -d 'Print version'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "run" -d 'Register the gateway, start Envoy and keep it configured'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "bootstrap" -d 'Print Envoy\'s bootstrap for a registered gateway'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "register" -d 'Register the gateway with the local agent'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "deregister" -d 'Deregister the gateway from the local agent'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "reload" -d 'Have the running gateway read everything again'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "render" -d 'Print the Envoy configuration that direct mode serves'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "snapshot" -d 'Save the Consul state that the gateway depends on'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "doctor" -d 'Check everything that the gateway needs'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "explain" -d 'Show the way of a request through the gateway, and where it ends'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "graph" -d 'Draw who reaches what through the gateway'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "audit" -d 'Judge what a gateway lets through'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "status" -d 'Show the live gateway and each linked service'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "address" -d 'Evaluate address templates'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "intentions" -d 'Say who may reach a linked service, by which intention'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "completions" -d 'Print completions for a shell'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "man" -d 'Print the man page, or write all man pages to a directory'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "connect" -d 'Start Envoy with the command line of `consul connect envoy`'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "config" -d 'Check, format, compare and write configuration entries'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "login" -d 'Exchange a JWT for an ACL token, as `consul login`'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "logout" -d 'Destroy the token of a log-in, as `consul logout`'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "acl" -d 'Print a gateway\'s ACL policy; manage tokens, as `consul acl`'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "catalog" -d 'List the catalog with the command lines of `consul catalog`'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "info" -d 'Print the agent\'s figures, as `consul info`'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "members" -d 'List the agents of the cluster, as `consul members`'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "version" -d 'Print the imitated version of Consul, as `consul version`'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "intention" -d 'Manage intentions with the command lines of `consul intention`'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "kv" -d 'Read and write keys with the command lines of `consul kv`'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "services" -d 'Manage a gateway\'s linked services and external services'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "validate" -d 'Check an agent\'s service and entry files, as `consul validate`'
complete -c termgate -n "__fish_termgate_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand run" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l service-id -l proxy-id -d 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l address -d 'Address inside the datacenter; may be a template [env: TERMGATE_ADDRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l wan-address -d 'Address for other datacenters, in the same form [env: TERMGATE_WAN_ADDRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l bind-address -d 'Address that Envoy listens on instead of --address; repeatable' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l deregister-after-critical -d 'How long the health check may fail before the agent deregisters the service [default: 6h]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l service-config -l config -d 'Service definition file (HCL or JSON), as an agent reads it' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand run" -l admin-bind -d 'Address of Envoy\'s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l grpc-addr -d 'The agent\'s gRPC address, for the xds source [env: CONSUL_GRPC_ADDR] [default: as the agent reports]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l grpc-ca-file -d 'CA file for TLS to the agent\'s gRPC port [env: CONSUL_GRPC_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand run" -l grpc-ca-path -d 'Directory of CA files for TLS to the gRPC port [env: CONSUL_GRPC_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand run" -l envoy-ready-bind-address -d 'IP address of Envoy\'s readiness endpoint' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l envoy-ready-bind-port -d 'Port of Envoy\'s readiness endpoint' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l envoy-binary -d 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand run" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand run" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand run" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand run" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand run" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand run" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l login-method -l auth-method -d 'Get the ACL token by logging in with this auth method [env: TERMGATE_LOGIN_METHOD]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l bearer-token-file -d 'File with the JWT for the log-in, such as a service account\'s [env: TERMGATE_BEARER_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand run" -l login-meta -d 'Note on the token of the log-in; can be repeated' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l config-source -d 'Where Envoy\'s configuration comes from [env: TERMGATE_CONFIG_SOURCE] [default: auto]' -r -f -a "auto\t'direct, or xds if the gateway uses something that direct cannot render and xds can work'
xds\t'Consul\'s gRPC port, as with `consul connect envoy`; Envoy replaces termgate'
direct\t'termgate itself, from Consul\'s HTTP API; any Consul from 1.8, any current Envoy'"
complete -c termgate -n "__fish_termgate_using_subcommand run" -l snapshot -d 'Read Consul\'s state from a snapshot file instead of an agent [env: TERMGATE_SNAPSHOT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand run" -l wait -d 'How long to wait for the agent before giving up, such as 5m [env: TERMGATE_WAIT] [default: 30s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l drain-time -d 'How long to wait for open connections after SIGTERM [env: TERMGATE_DRAIN_TIME] [default: 10s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l drain-min -d 'How long to keep serving after the deregistration, even if no connection is open [env: TERMGATE_DRAIN_MIN] [default: 5s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l concurrency -d 'Worker threads of Envoy, in direct mode [env: TERMGATE_CONCURRENCY] [default: auto]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l memory-limit -d 'Memory within which Envoy sheds load, in direct mode [env: TERMGATE_MEMORY_LIMIT] [default: auto]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l run-dir -d 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand run" -l ready-bind -d 'Where termgate answers /ready, /live and /healthz [env: TERMGATE_READY_BIND]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l metrics-bind -d 'Where termgate answers /metrics, in Prometheus\' text format [env: TERMGATE_METRICS_BIND]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l log-format -d 'How to log on stderr [env: TERMGATE_LOG_FORMAT] [default: human]' -r -f -a "human\t'Text for people'
json\t'One JSON object per line, Envoy\'s log included'"
complete -c termgate -n "__fish_termgate_using_subcommand run" -l log-level -d 'How much to log [env: TERMGATE_LOG_LEVEL] [default: info]' -r -f -a "error\t''
warning\t''
info\t''
debug\t''"
complete -c termgate -n "__fish_termgate_using_subcommand run" -l allow-address -d 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand run" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand run" -l omit-deprecated-tags -d 'Leave out the metric tags of Consul before 1.9'
complete -c termgate -n "__fish_termgate_using_subcommand run" -l no-central-config -d 'Leave Proxy.Config of proxy-defaults and of the registration out of the bootstrap'
complete -c termgate -n "__fish_termgate_using_subcommand run" -l ignore-envoy-compatibility -d 'Start Envoy even if this Consul is not known to support its version'
complete -c termgate -n "__fish_termgate_using_subcommand run" -l no-register -d 'Use the existing registration of the gateway'
complete -c termgate -n "__fish_termgate_using_subcommand run" -l deregister-on-exit -d 'Deregister the gateway when termgate ends [env: TERMGATE_DEREGISTER_ON_EXIT]'
complete -c termgate -n "__fish_termgate_using_subcommand run" -l replace -d 'Register the gateway even if another one with its ID still accepts connections [env: TERMGATE_REPLACE]'
complete -c termgate -n "__fish_termgate_using_subcommand run" -l consul-stats-tags -d 'In direct mode, tag Envoy\'s metrics as Consul\'s bootstrap does [env: TERMGATE_CONSUL_STATS_TAGS]'
complete -c termgate -n "__fish_termgate_using_subcommand run" -l no-probe -d 'In direct mode, do not probe external servers that cannot be reached [env: TERMGATE_NO_PROBE]'
complete -c termgate -n "__fish_termgate_using_subcommand run" -s v -l verbose -d 'Log every request and decision; the same as --log-level debug'
complete -c termgate -n "__fish_termgate_using_subcommand run" -l system-ca -d 'Use TLS with the platform\'s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]'
complete -c termgate -n "__fish_termgate_using_subcommand run" -l insecure-disable-path-normalization -d 'In direct mode, forward request paths as clients spell them [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]'
complete -c termgate -n "__fish_termgate_using_subcommand run" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l service-id -l proxy-id -d 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]' -r
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l admin-bind -d 'Address of Envoy\'s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]' -r
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l grpc-addr -d 'The agent\'s gRPC address, for the xds source [env: CONSUL_GRPC_ADDR] [default: as the agent reports]' -r
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l grpc-ca-file -d 'CA file for TLS to the agent\'s gRPC port [env: CONSUL_GRPC_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l grpc-ca-path -d 'Directory of CA files for TLS to the gRPC port [env: CONSUL_GRPC_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l envoy-ready-bind-address -d 'IP address of Envoy\'s readiness endpoint' -r
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l envoy-ready-bind-port -d 'Port of Envoy\'s readiness endpoint' -r
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -s o -l output-file -d 'Write to this file instead of stdout' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l output -r -F
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l omit-deprecated-tags -d 'Leave out the metric tags of Consul before 1.9'
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l no-central-config -d 'Leave Proxy.Config of proxy-defaults and of the registration out of the bootstrap'
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -l explain-config -d 'Print each value of Proxy.Config with its origin, instead of the bootstrap'
complete -c termgate -n "__fish_termgate_using_subcommand bootstrap" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand register" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand register" -l service-id -l proxy-id -d 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]' -r
complete -c termgate -n "__fish_termgate_using_subcommand register" -l address -d 'Address inside the datacenter; may be a template [env: TERMGATE_ADDRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand register" -l wan-address -d 'Address for other datacenters, in the same form [env: TERMGATE_WAN_ADDRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand register" -l bind-address -d 'Address that Envoy listens on instead of --address; repeatable' -r
complete -c termgate -n "__fish_termgate_using_subcommand register" -l deregister-after-critical -d 'How long the health check may fail before the agent deregisters the service [default: 6h]' -r
complete -c termgate -n "__fish_termgate_using_subcommand register" -l service-config -l config -d 'Service definition file (HCL or JSON), as an agent reads it' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand register" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand register" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand register" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand register" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand register" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand register" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand register" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand register" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand register" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand register" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand register" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand register" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand register" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand register" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand register" -l dry-run -d 'Print what would be done, and do nothing'
complete -c termgate -n "__fish_termgate_using_subcommand register" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand deregister" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand deregister" -l service-id -l proxy-id -d 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]' -r
complete -c termgate -n "__fish_termgate_using_subcommand deregister" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand deregister" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand deregister" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand deregister" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand deregister" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand deregister" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand deregister" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand deregister" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand deregister" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand deregister" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand deregister" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand deregister" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand deregister" -l dry-run -d 'Print what would be done, and do nothing'
complete -c termgate -n "__fish_termgate_using_subcommand deregister" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand reload" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand reload" -l service-id -l proxy-id -d 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]' -r
complete -c termgate -n "__fish_termgate_using_subcommand reload" -l run-dir -d 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand reload" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand reload" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand render" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand render" -l service-id -l proxy-id -d 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]' -r
complete -c termgate -n "__fish_termgate_using_subcommand render" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand render" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand render" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand render" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand render" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand render" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand render" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand render" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand render" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand render" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand render" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand render" -l snapshot -d 'Read Consul\'s state from a snapshot file instead of an agent' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand render" -l format -d 'Print one static configuration that Envoy loads, or the resources by kind' -r -f -a "envoy\t'One static configuration that Envoy loads'
resources\t'The resources by kind, as Envoy\'s config dump prints them'"
complete -c termgate -n "__fish_termgate_using_subcommand render" -l envoy-version -d 'The Envoy that loads the configuration, such as 1.40.0 [default: any]' -r
complete -c termgate -n "__fish_termgate_using_subcommand render" -l allow-address -d 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand render" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand render" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand render" -l with-secrets -d 'Include private keys'
complete -c termgate -n "__fish_termgate_using_subcommand render" -l check-files -d 'Check the TLS files of linked services on this host, as `run` does'
complete -c termgate -n "__fish_termgate_using_subcommand render" -l system-ca -d 'Use TLS with the platform\'s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]'
complete -c termgate -n "__fish_termgate_using_subcommand render" -l insecure-disable-path-normalization -d 'In direct mode, forward request paths as clients spell them [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]'
complete -c termgate -n "__fish_termgate_using_subcommand render" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand render" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l service-id -l proxy-id -d 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]' -r
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l admin-bind -d 'Address of Envoy\'s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]' -r
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l run-dir -d 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -s o -l output-file -d 'Write to this file instead of stdout' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l output -r -F
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l with-secrets -d 'Include private keys'
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -l with-envoy -d 'Add what Envoy\'s admin server answers, and versions, without secrets'
complete -c termgate -n "__fish_termgate_using_subcommand snapshot" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l output -d 'How to print the result' -r -f -a "human\t'For people'
json\t'For scripts'
short\t'At most 15 lines, for a chat'
junit\t'JUnit\'s XML'
sarif\t'SARIF 2.1.0, for code scanning'"
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l explain -d 'Print what the code of a finding means, why it matters and what to do, and nothing else' -r
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l wait -d 'Look again until no check fails, for at most this long, such as 5m' -r
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l bundle -d 'Also write what was seen to this file, without secrets' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l snapshot -d 'Read Consul\'s state from a snapshot file instead of an agent' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l service-id -l proxy-id -d 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]' -r
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l admin-bind -d 'Address of Envoy\'s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]' -r
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l envoy-binary -d 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l run-dir -d 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l allow-address -d 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l resolve -d 'Look up the host names of instances'
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l probe -d 'Connect to the servers of linked services'
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l system-ca -d 'Use TLS with the platform\'s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]'
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l from -d 'The service that connects [default: any]' -r
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l path -d 'Path of the request, as the client spells it' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l method -d 'Method of the request [default: GET]' -r
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l header -d 'Header of the request; repeatable' -r
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l output -d 'How to print the result' -r -f -a "human\t'For people'
json\t'For scripts'"
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l snapshot -d 'Read Consul\'s state from a snapshot file instead of an agent' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l service-id -l proxy-id -d 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]' -r
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l admin-bind -d 'Address of Envoy\'s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]' -r
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l envoy-binary -d 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l run-dir -d 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l allow-address -d 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l insecure-disable-path-normalization -d 'In direct mode, forward request paths as clients spell them [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]'
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l resolve -d 'Look up the host names of instances'
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l probe -d 'Connect to the servers of linked services'
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l system-ca -d 'Use TLS with the platform\'s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]'
complete -c termgate -n "__fish_termgate_using_subcommand explain" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l format -d 'How to draw it [default: by the name of the output file, else mermaid]' -r -f -a "mermaid\t'For Markdown'
dot\t'For Graphviz'
svg\t'A picture that needs nothing else'
json\t'For scripts, without groups'"
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l snapshot -d 'Read Consul\'s state from a snapshot file instead of an agent' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l service-id -l proxy-id -d 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]' -r
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l admin-bind -d 'Address of Envoy\'s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]' -r
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l envoy-binary -d 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l run-dir -d 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l allow-address -d 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand graph" -s o -l output-file -d 'Write to this file instead of stdout' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l output -r -F
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l resolve -d 'Look up the host names of instances'
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l probe -d 'Connect to the servers of linked services'
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l system-ca -d 'Use TLS with the platform\'s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]'
complete -c termgate -n "__fish_termgate_using_subcommand graph" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand graph" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand audit; and not __fish_seen_subcommand_from egress help" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand audit; and not __fish_seen_subcommand_from egress help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand audit; and not __fish_seen_subcommand_from egress help" -f -a "egress" -d 'Judge every way out of the mesh through the gateway'
complete -c termgate -n "__fish_termgate_using_subcommand audit; and not __fish_seen_subcommand_from egress help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l output -d 'How to print the result' -r -f -a "human\t'For people'
json\t'For scripts'
short\t'At most 15 lines, for a chat'
junit\t'JUnit\'s XML'
sarif\t'SARIF 2.1.0, for code scanning'"
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l snapshot -d 'Read Consul\'s state from a snapshot file instead of an agent' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l allow -d 'Report every way that this allow list does not name' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l allow-address -d 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l service-id -l proxy-id -d 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]' -r
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l resolve -d 'Look up the host names of instances'
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l system-ca -d 'Use TLS with the platform\'s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]'
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from egress" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "egress" -d 'Judge every way out of the mesh through the gateway'
complete -c termgate -n "__fish_termgate_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand status" -l interval -d 'Time between two looks at Envoy\'s counters, which rates need' -r
complete -c termgate -n "__fish_termgate_using_subcommand status" -l html -d 'Write one self-contained HTML page to this file instead' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand status" -l output -d 'How to print the result' -r -f -a "human\t'For people'
json\t'For scripts'"
complete -c termgate -n "__fish_termgate_using_subcommand status" -l snapshot -d 'Read Consul\'s state from a snapshot file instead of an agent' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand status" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand status" -l service-id -l proxy-id -d 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]' -r
complete -c termgate -n "__fish_termgate_using_subcommand status" -l admin-bind -d 'Address of Envoy\'s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]' -r
complete -c termgate -n "__fish_termgate_using_subcommand status" -l envoy-binary -d 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand status" -l run-dir -d 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand status" -l allow-address -d 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand status" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand status" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand status" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand status" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand status" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand status" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand status" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand status" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand status" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand status" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand status" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand status" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand status" -l watch -d 'Keep showing it: on a terminal as a live view, else a line per change'
complete -c termgate -n "__fish_termgate_using_subcommand status" -l system-ca -d 'Use TLS with the platform\'s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]'
complete -c termgate -n "__fish_termgate_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand address; and not __fish_seen_subcommand_from eval help" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand address; and not __fish_seen_subcommand_from eval help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand address; and not __fish_seen_subcommand_from eval help" -f -a "eval" -d 'Print what an address template renders to on this host'
complete -c termgate -n "__fish_termgate_using_subcommand address; and not __fish_seen_subcommand_from eval help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand address; and __fish_seen_subcommand_from eval" -l interfaces -d 'Use the interfaces of this JSON file instead of this host\'s' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand address; and __fish_seen_subcommand_from eval" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand address; and __fish_seen_subcommand_from eval" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand address; and __fish_seen_subcommand_from eval" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand address; and __fish_seen_subcommand_from eval" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand address; and __fish_seen_subcommand_from help" -f -a "eval" -d 'Print what an address template renders to on this host'
complete -c termgate -n "__fish_termgate_using_subcommand address; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and not __fish_seen_subcommand_from check list help" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and not __fish_seen_subcommand_from check list help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and not __fish_seen_subcommand_from check list help" -f -a "check" -d 'Say whether a source may reach a linked service, and why'
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and not __fish_seen_subcommand_from check list help" -f -a "list" -d 'List the intentions on a gateway\'s linked services'
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and not __fish_seen_subcommand_from check list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l path -d 'Path of the request, as the client spells it' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l method -d 'Method of the request [default: GET]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l header -d 'Header of the request; repeatable' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l gateway -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l snapshot -d 'Read Consul\'s state from a snapshot file instead of an agent' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l output -d 'How to print the result' -r -f -a "human\t'For people'
json\t'For scripts'
short\t'At most 15 lines, for a chat'"
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l insecure-disable-path-normalization -d 'In direct mode, forward request paths as clients spell them [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]'
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l gateway -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l snapshot -d 'Read Consul\'s state from a snapshot file instead of an agent' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l output -d 'How to print the result' -r -f -a "human\t'For people'
json\t'For scripts'
short\t'At most 15 lines, for a chat'"
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from help" -f -a "check" -d 'Say whether a source may reach a linked service, and why'
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the intentions on a gateway\'s linked services'
complete -c termgate -n "__fish_termgate_using_subcommand intentions; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand completions" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand man" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand connect; and not __fish_seen_subcommand_from envoy help" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand connect; and not __fish_seen_subcommand_from envoy help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand connect; and not __fish_seen_subcommand_from envoy help" -f -a "envoy" -d 'Start Envoy for a gateway, as `consul connect envoy`'
complete -c termgate -n "__fish_termgate_using_subcommand connect; and not __fish_seen_subcommand_from envoy help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o gateway -d 'Kind of gateway; only `terminating` is handled here' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o service -d 'Service name of the gateway [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o proxy-id -d 'Service ID of the gateway on the local agent [env: CONNECT_PROXY_ID] [default: the only registered one; with -register the service name]' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o address -d 'Address inside the datacenter; may be a template' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o wan-address -d 'Address for other datacenters, in the same form' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o bind-address -d 'Address that Envoy listens on instead of -address; repeatable' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o deregister-after-critical -d 'How long the health check may fail before the agent deregisters the service [default: 6h]' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o envoy-binary -d 'Envoy executable [default: `envoy` on PATH]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o envoy-version -d 'Envoy version to write into bootstraps for Consul before 1.10; no effect with later agents [default: 1.14.5]' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o admin-bind -d 'Address of Envoy\'s admin server, which gives full control over it [default: localhost:19000]' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o grpc-addr -d 'The agent\'s gRPC address, for the xds source [env: CONSUL_GRPC_ADDR] [default: as the agent reports]' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o grpc-ca-file -d 'CA file for TLS to the agent\'s gRPC port [env: CONSUL_GRPC_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o grpc-ca-path -d 'Directory of CA files for TLS to the gRPC port [env: CONSUL_GRPC_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o envoy-ready-bind-address -d 'IP address of Envoy\'s readiness endpoint' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o envoy-ready-bind-port -d 'Port of Envoy\'s readiness endpoint' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o admin-access-log-path -d 'Access log of the admin server [default: /dev/null]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o prometheus-backend-port -d 'Port on 127.0.0.1 that envoy_prometheus_bind_addr forwards to, instead of Envoy\'s admin server' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o prometheus-scrape-path -d 'Path of the Prometheus endpoint [default: /metrics]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o prometheus-ca-file -d 'CA file for TLS on the Prometheus endpoint' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o prometheus-ca-path -d 'Directory with the CA for TLS on the Prometheus endpoint' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o prometheus-cert-file -d 'Certificate for TLS on the Prometheus endpoint' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o prometheus-key-file -d 'Private key for TLS on the Prometheus endpoint' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o node-name -d 'Catalog node that the gateway is registered on' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o suppress -d 'Hide the findings of a code, or only those about one subject' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o sidecar-for -d 'For sidecar proxies only; refused [env: CONNECT_SIDECAR_FOR]' -r
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o register -d 'Register the gateway service with the local agent before starting Envoy'
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o bootstrap -d 'Print the bootstrap on stdout instead of starting Envoy'
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o ignore-envoy-compatibility -d 'Start Envoy even if this Consul is not known to support its version'
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o omit-deprecated-tags -d 'Leave out the metric tags of Consul before 1.9'
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o no-central-config -d 'Leave Proxy.Config of proxy-defaults and of the registration out of the bootstrap'
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o strict -d 'Treat warnings as failures'
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o enable-config-gen-logging -d 'Log each step to stderr'
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o explain-config -d 'Print on stderr where each value of Proxy.Config comes from'
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o expose-servers -d 'For mesh gateways only; refused'
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from envoy" -o mesh-gateway -d 'For mesh gateways only; refused'
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from help" -f -a "envoy" -d 'Start Envoy for a gateway, as `consul connect envoy`'
complete -c termgate -n "__fish_termgate_using_subcommand connect; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand config; and not __fish_seen_subcommand_from validate fmt convert diff apply write read list delete help" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand config; and not __fish_seen_subcommand_from validate fmt convert diff apply write read list delete help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand config; and not __fish_seen_subcommand_from validate fmt convert diff apply write read list delete help" -f -a "validate" -d 'Check entries without an agent'
complete -c termgate -n "__fish_termgate_using_subcommand config; and not __fish_seen_subcommand_from validate fmt convert diff apply write read list delete help" -f -a "fmt" -d 'Rewrite entry files in canonical form'
complete -c termgate -n "__fish_termgate_using_subcommand config; and not __fish_seen_subcommand_from validate fmt convert diff apply write read list delete help" -f -a "convert" -d 'Convert an entry between HCL and JSON'
complete -c termgate -n "__fish_termgate_using_subcommand config; and not __fish_seen_subcommand_from validate fmt convert diff apply write read list delete help" -f -a "diff" -d 'Compare entry files with Consul'
complete -c termgate -n "__fish_termgate_using_subcommand config; and not __fish_seen_subcommand_from validate fmt convert diff apply write read list delete help" -f -a "apply" -d 'Apply entry files to Consul'
complete -c termgate -n "__fish_termgate_using_subcommand config; and not __fish_seen_subcommand_from validate fmt convert diff apply write read list delete help" -f -a "write" -d 'Write an entry, as `consul config write`'
complete -c termgate -n "__fish_termgate_using_subcommand config; and not __fish_seen_subcommand_from validate fmt convert diff apply write read list delete help" -f -a "read" -d 'Print an entry, as `consul config read`'
complete -c termgate -n "__fish_termgate_using_subcommand config; and not __fish_seen_subcommand_from validate fmt convert diff apply write read list delete help" -f -a "list" -d 'List the entries of a kind, as `consul config list`'
complete -c termgate -n "__fish_termgate_using_subcommand config; and not __fish_seen_subcommand_from validate fmt convert diff apply write read list delete help" -f -a "delete" -d 'Delete an entry, as `consul config delete`'
complete -c termgate -n "__fish_termgate_using_subcommand config; and not __fish_seen_subcommand_from validate fmt convert diff apply write read list delete help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from validate" -l output -d 'How to print the result' -r -f -a "human\t'For people'
json\t'For scripts'
github\t'GitHub\'s workflow commands, which become annotations'
sarif\t'SARIF 2.1.0, for code scanning'"
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from validate" -l consul-version -d 'Consul release whose rules apply [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from validate" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from validate" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from validate" -l check-files -d 'Check the TLS files of linked services on this host, as `run` does'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from validate" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from fmt" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from fmt" -l check -d 'Write nothing, and exit with 1 if a file would change'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from fmt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from convert" -l to -d 'The language to write' -r -f -a "hcl\t'HCL version 1'
json\t'JSON'"
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from convert" -s o -l output-file -d 'Write to this file instead of stdout' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from convert" -l output -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from convert" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from convert" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l owner -d 'Apply the entries as this owner, and leave those of other owners alone' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l output -d 'How to print the result' -r -f -a "human\t'For people'
json\t'For scripts'"
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l consul-version -d 'Consul release whose rules apply [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l prune -d 'Delete the entries of --owner that no file has'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l plan -d 'Also show what changes in Envoy'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l allow-skipped -d 'Let --prune delete entries although files were skipped'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -s v -l list-skipped -d 'Name each file that is skipped'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l owner -d 'Apply the entries as this owner, and leave those of other owners alone' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l output -d 'How to print the result' -r -f -a "human\t'For people'
json\t'For scripts'"
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l consul-version -d 'Consul release whose rules apply [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l prune -d 'Delete the entries of --owner that no file has'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l plan -d 'Also show what changes in Envoy'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l allow-skipped -d 'Let --prune delete entries although files were skipped'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -s v -l list-skipped -d 'Name each file that is skipped'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -l dry-run -d 'Print what would be done, and do nothing'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from write" -o modify-index -d 'The ModifyIndex that -cas expects' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from write" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from write" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from write" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from write" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from write" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from write" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from write" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from write" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from write" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from write" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from write" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from write" -o cas -d 'Change the entry only if its ModifyIndex is still -modify-index'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from write" -o stale -d 'No effect: any server may answer the agent\'s reads anyway'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from read" -o kind -d 'Kind of the entry, such as terminating-gateway' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from read" -o name -d 'Name of the entry' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from read" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from read" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from read" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from read" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from read" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from read" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from read" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from read" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from read" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from read" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from read" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from read" -o stale -d 'No effect: any server may answer the agent\'s reads anyway'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from list" -o kind -d 'Kind of the entry, such as terminating-gateway' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from list" -o filter -d 'Filter for the agent; not supported for every kind' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from list" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from list" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from list" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from list" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from list" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from list" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from list" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from list" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from list" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from list" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from list" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from list" -o stale -d 'No effect: any server may answer the agent\'s reads anyway'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o kind -d 'Kind of the entry, such as terminating-gateway' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o name -d 'Name of the entry' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o filename -d 'File with the entry to delete, instead of -kind and -name' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o modify-index -d 'The ModifyIndex that -cas expects' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o cas -d 'Change the entry only if its ModifyIndex is still -modify-index'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from delete" -o stale -d 'No effect: any server may answer the agent\'s reads anyway'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "validate" -d 'Check entries without an agent'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "fmt" -d 'Rewrite entry files in canonical form'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "convert" -d 'Convert an entry between HCL and JSON'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "diff" -d 'Compare entry files with Consul'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "apply" -d 'Apply entry files to Consul'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "write" -d 'Write an entry, as `consul config write`'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "read" -d 'Print an entry, as `consul config read`'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the entries of a kind, as `consul config list`'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete an entry, as `consul config delete`'
complete -c termgate -n "__fish_termgate_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand login" -o method -d 'Auth method to log in with' -r
complete -c termgate -n "__fish_termgate_using_subcommand login" -o type -d 'Type of the auth method; Consul finds it out by itself' -r
complete -c termgate -n "__fish_termgate_using_subcommand login" -o bearer-token-file -d 'File with the JWT for the log-in' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand login" -o token-sink-file -d 'Where to write the token, for its owner alone (0600)' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand login" -o meta -d 'Note on the token; can be repeated' -r
complete -c termgate -n "__fish_termgate_using_subcommand login" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand login" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand login" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand login" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand login" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand login" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand login" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand login" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand login" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand login" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand login" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand login" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand logout" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand logout" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand logout" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand logout" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand logout" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand logout" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand logout" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand logout" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand logout" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand logout" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand logout" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand logout" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and not __fish_seen_subcommand_from bootstrap set-agent-token policy token help" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand acl; and not __fish_seen_subcommand_from bootstrap set-agent-token policy token help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and not __fish_seen_subcommand_from bootstrap set-agent-token policy token help" -f -a "bootstrap" -d 'Make the first token, as `consul acl bootstrap`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and not __fish_seen_subcommand_from bootstrap set-agent-token policy token help" -f -a "set-agent-token" -d 'Give the agent a token, as `consul acl set-agent-token`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and not __fish_seen_subcommand_from bootstrap set-agent-token policy token help" -f -a "policy" -d 'Print the least policy that a gateway\'s token needs'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and not __fish_seen_subcommand_from bootstrap set-agent-token policy token help" -f -a "token" -d 'Manage ACL tokens with the command lines of `consul acl token`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and not __fish_seen_subcommand_from bootstrap set-agent-token policy token help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -o format -d 'Output: pretty or json [default: pretty]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from bootstrap" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from set-agent-token" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from set-agent-token" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from set-agent-token" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from set-agent-token" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from set-agent-token" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from set-agent-token" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from set-agent-token" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from set-agent-token" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from set-agent-token" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from set-agent-token" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from set-agent-token" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from set-agent-token" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l format -d 'The language of the policy [default: hcl]' -r -f -a "hcl\t'HCL, with the reason of each rule'
json\t'JSON'"
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l gateway -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l snapshot -d 'Read Consul\'s state from a snapshot file instead of an agent' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l output -d 'How to print the result' -r -f -a "human\t'For people'
json\t'For scripts'
short\t'At most 15 lines, for a chat'"
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l check -d 'List what the token in hand lacks, instead of printing the policy'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -f -a "create" -d 'Create an ACL policy, as `consul acl policy create`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -f -a "read" -d 'Show an ACL policy, as `consul acl policy read`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -f -a "update" -d 'Change an ACL policy, as `consul acl policy update`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -f -a "delete" -d 'Delete an ACL policy, as `consul acl policy delete`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -f -a "list" -d 'List the ACL policies, as `consul acl policy list`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from policy" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from token" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from token" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from token" -f -a "create" -d 'Create an ACL token, as `consul acl token create`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from token" -f -a "read" -d 'Show an ACL token, as `consul acl token read`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from token" -f -a "update" -d 'Change an ACL token, as `consul acl token update`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from token" -f -a "delete" -d 'Delete an ACL token, as `consul acl token delete`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from token" -f -a "list" -d 'List the ACL tokens, as `consul acl token list`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from token" -f -a "clone" -d 'Clone an ACL token, as `consul acl token clone`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from token" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from help" -f -a "bootstrap" -d 'Make the first token, as `consul acl bootstrap`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from help" -f -a "set-agent-token" -d 'Give the agent a token, as `consul acl set-agent-token`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from help" -f -a "policy" -d 'Print the least policy that a gateway\'s token needs'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from help" -f -a "token" -d 'Manage ACL tokens with the command lines of `consul acl token`'
complete -c termgate -n "__fish_termgate_using_subcommand acl; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and not __fish_seen_subcommand_from datacenters nodes services help" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and not __fish_seen_subcommand_from datacenters nodes services help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and not __fish_seen_subcommand_from datacenters nodes services help" -f -a "datacenters" -d 'List the datacenters, as `consul catalog datacenters`'
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and not __fish_seen_subcommand_from datacenters nodes services help" -f -a "nodes" -d 'List nodes, as `consul catalog nodes`'
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and not __fish_seen_subcommand_from datacenters nodes services help" -f -a "services" -d 'List services, as `consul catalog services`'
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and not __fish_seen_subcommand_from datacenters nodes services help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from datacenters" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from datacenters" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from datacenters" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from datacenters" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from datacenters" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from datacenters" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from datacenters" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from datacenters" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from datacenters" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from datacenters" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from datacenters" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from datacenters" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o filter -d 'Filter for the agent' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o near -d 'Sort by the round-trip time from this node, or from _agent' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o node-meta -d 'Metadata of the nodes; repeatable' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o service -d 'List nodes that have this service' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o detailed -d 'Print more about each'
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from nodes" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from services" -o node -d 'List services of this node' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from services" -o node-meta -d 'Metadata of the nodes; repeatable' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from services" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from services" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from services" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from services" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from services" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from services" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from services" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from services" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from services" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from services" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from services" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from services" -o tags -d 'Print each service\'s tags'
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from services" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from help" -f -a "datacenters" -d 'List the datacenters, as `consul catalog datacenters`'
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from help" -f -a "nodes" -d 'List nodes, as `consul catalog nodes`'
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from help" -f -a "services" -d 'List services, as `consul catalog services`'
complete -c termgate -n "__fish_termgate_using_subcommand catalog; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand info" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand info" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand info" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand info" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand info" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand info" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand info" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand info" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand info" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand info" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand info" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand info" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand members" -o status -d 'List members whose status matches only' -r
complete -c termgate -n "__fish_termgate_using_subcommand members" -o segment -d 'Enterprise network segment' -r
complete -c termgate -n "__fish_termgate_using_subcommand members" -o filter -d 'Filter for the agent' -r
complete -c termgate -n "__fish_termgate_using_subcommand members" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand members" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand members" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand members" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand members" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand members" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand members" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand members" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand members" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand members" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand members" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand members" -o detailed -d 'Print more about each'
complete -c termgate -n "__fish_termgate_using_subcommand members" -o wan -d 'List the servers of all datacenters'
complete -c termgate -n "__fish_termgate_using_subcommand members" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand version" -o format -d 'pretty or json [default: pretty]' -r
complete -c termgate -n "__fish_termgate_using_subcommand version" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand version" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand version" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand version" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand version" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand version" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand version" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand version" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand version" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand version" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand version" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand version" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and not __fish_seen_subcommand_from create delete check get match list help" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand intention; and not __fish_seen_subcommand_from create delete check get match list help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and not __fish_seen_subcommand_from create delete check get match list help" -f -a "create" -d 'Create an intention, as `consul intention create`'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and not __fish_seen_subcommand_from create delete check get match list help" -f -a "delete" -d 'Delete an intention, as `consul intention delete`'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and not __fish_seen_subcommand_from create delete check get match list help" -f -a "check" -d 'Ask whether a connection is allowed, as `consul intention check`'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and not __fish_seen_subcommand_from create delete check get match list help" -f -a "get" -d 'Show an intention, as `consul intention get`'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and not __fish_seen_subcommand_from create delete check get match list help" -f -a "match" -d 'List the intentions of a service, as `consul intention match`'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and not __fish_seen_subcommand_from create delete check get match list help" -f -a "list" -d 'List all intentions, as `consul intention list`'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and not __fish_seen_subcommand_from create delete check get match list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o meta -d 'Note on the intention; can be repeated' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o allow -d 'Allow the connection [default]'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o deny -d 'Deny the connection'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o file -d 'The words are files, each with an intention in JSON'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o replace -d 'Replace an intention with the same source and destination'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from create" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from delete" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from delete" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from delete" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from delete" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from delete" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from delete" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from delete" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from delete" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from delete" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from delete" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from delete" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from delete" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from check" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from check" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from check" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from check" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from check" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from check" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from check" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from check" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from check" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from check" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from check" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from check" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from get" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from get" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from get" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from get" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from get" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from get" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from get" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from get" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from get" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from get" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from get" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from get" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from match" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from match" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from match" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from match" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from match" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from match" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from match" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from match" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from match" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from match" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from match" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from match" -o source -d 'Match intentions with this source'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from match" -o destination -d 'Match intentions with this destination [default]'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from match" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from list" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from list" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from list" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from list" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from list" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from list" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from list" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from list" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from list" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from list" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from list" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from list" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from help" -f -a "create" -d 'Create an intention, as `consul intention create`'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete an intention, as `consul intention delete`'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from help" -f -a "check" -d 'Ask whether a connection is allowed, as `consul intention check`'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from help" -f -a "get" -d 'Show an intention, as `consul intention get`'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from help" -f -a "match" -d 'List the intentions of a service, as `consul intention match`'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from help" -f -a "list" -d 'List all intentions, as `consul intention list`'
complete -c termgate -n "__fish_termgate_using_subcommand intention; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and not __fish_seen_subcommand_from get put delete help" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand kv; and not __fish_seen_subcommand_from get put delete help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and not __fish_seen_subcommand_from get put delete help" -f -a "get" -d 'Print a key\'s value, as `consul kv get`'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and not __fish_seen_subcommand_from get put delete help" -f -a "put" -d 'Write a key\'s value, as `consul kv put`'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and not __fish_seen_subcommand_from get put delete help" -f -a "delete" -d 'Delete a key, as `consul kv delete`'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and not __fish_seen_subcommand_from get put delete help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o separator -d 'With -keys: list keys up to this text only [default: /]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o base64 -d 'Print values in base64'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o detailed -d 'Print indexes, flags and session too'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o keys -d 'List keys that begin with the prefix, without values'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o recurse -d 'Print all keys that begin with the prefix, with values'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from get" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o flags -d 'Number to store beside the value' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o modify-index -d 'The ModifyIndex that -cas expects' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o session -d 'Session that holds the key\'s lock' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o acquire -d 'Take the key\'s lock; needs -session'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o base64 -d 'Decode the value from base64'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o cas -d 'Change the key only if its ModifyIndex is still -modify-index'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o release -d 'Give the key\'s lock back; needs -session'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from put" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from delete" -o modify-index -d 'The ModifyIndex that -cas expects' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from delete" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from delete" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from delete" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from delete" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from delete" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from delete" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from delete" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from delete" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from delete" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from delete" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from delete" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from delete" -o cas -d 'Change the key only if its ModifyIndex is still -modify-index'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from delete" -o recurse -d 'Delete all keys that begin with this one'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from delete" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from help" -f -a "get" -d 'Print a key\'s value, as `consul kv get`'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from help" -f -a "put" -d 'Write a key\'s value, as `consul kv put`'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete a key, as `consul kv delete`'
complete -c termgate -n "__fish_termgate_using_subcommand kv; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand services; and not __fish_seen_subcommand_from link unlink list register deregister help" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand services; and not __fish_seen_subcommand_from link unlink list register deregister help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand services; and not __fish_seen_subcommand_from link unlink list register deregister help" -f -a "link" -d 'Link a service to a gateway, or edit its link'
complete -c termgate -n "__fish_termgate_using_subcommand services; and not __fish_seen_subcommand_from link unlink list register deregister help" -f -a "unlink" -d 'Unlink a service from a gateway'
complete -c termgate -n "__fish_termgate_using_subcommand services; and not __fish_seen_subcommand_from link unlink list register deregister help" -f -a "list" -d 'List a gateway\'s linked services, wildcards expanded'
complete -c termgate -n "__fish_termgate_using_subcommand services; and not __fish_seen_subcommand_from link unlink list register deregister help" -f -a "register" -d 'Register an external service in the catalog'
complete -c termgate -n "__fish_termgate_using_subcommand services; and not __fish_seen_subcommand_from link unlink list register deregister help" -f -a "deregister" -d 'Deregister an external service from the catalog'
complete -c termgate -n "__fish_termgate_using_subcommand services; and not __fish_seen_subcommand_from link unlink list register deregister help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l gateway -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l service-ca-file -d 'Path, on the gateway\'s host, of the CA certificates that verify the service' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l ca-file -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l service-cert-file -d 'Path of the client certificate for the service (mutual TLS)' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l cert-file -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l service-key-file -d 'Path of its private key' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l key-file -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l sni -d 'Host name for the TLS handshake' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l disable-auto-host-rewrite -d 'Keep the Host header of requests (Consul 1.18 or newer)' -r -f -a "true\t''
false\t''"
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l service-namespace -d 'Enterprise namespace of the service' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l output -d 'How to print the result' -r -f -a "human\t'For people'
json\t'For scripts'"
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l agent-ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l agent-ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l agent-client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l agent-client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l agent-tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from link" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -l gateway -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -l service-namespace -d 'Enterprise namespace of the service' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -l output -d 'How to print the result' -r -f -a "human\t'For people'
json\t'For scripts'"
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from unlink" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from list" -l service -d 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from list" -l gateway -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from list" -l output -d 'How to print the result' -r -f -a "human\t'For people'
json\t'For scripts'"
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from list" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from list" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from list" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from list" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from list" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from list" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from list" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from list" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from list" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from list" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from list" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from list" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l node -d 'Catalog node of the service; a node with an agent is refused' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l instance-id -l id -d 'ID of the instance, if the service has several [default: the service\'s name]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l output -d 'How to print the result' -r -f -a "human\t'For people'
json\t'For scripts'"
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l suppress -d 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l address -d 'Host name or IP address of the service' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l port -d 'TCP port of the service' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l tag -d 'Tag of the service; repeatable' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l meta -d 'Metadata of the service; repeatable' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l dry-run -d 'Print what would be done, and do nothing'
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -l strict -d 'Treat warnings as failures [env: TERMGATE_STRICT]'
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from register" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -l node -d 'Catalog node of the service; a node with an agent is refused' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -l instance-id -l id -d 'ID of the instance, if the service has several [default: the service\'s name]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -l output -d 'How to print the result' -r -f -a "human\t'For people'
json\t'For scripts'"
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -l http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -l token -d 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -l token-file -d 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -l ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -l ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -l client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -l client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -l tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -l namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -l partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -l timeout -d 'Time limit for all requests to the agent together; 0 for none [default: 1m]' -r
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -l color -d 'When to colour the output: auto, always or never' -r -f -a "auto\t'On terminals, unless the environment says otherwise'
always\t'In files and pipes, too'
never\t'Nowhere'"
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -l dry-run -d 'Print what would be done, and do nothing'
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from deregister" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from help" -f -a "link" -d 'Link a service to a gateway, or edit its link'
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from help" -f -a "unlink" -d 'Unlink a service from a gateway'
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from help" -f -a "list" -d 'List a gateway\'s linked services, wildcards expanded'
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from help" -f -a "register" -d 'Register an external service in the catalog'
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from help" -f -a "deregister" -d 'Deregister an external service from the catalog'
complete -c termgate -n "__fish_termgate_using_subcommand services; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand validate" -o config-format -d 'hcl or json, whatever the files\' names' -r
complete -c termgate -n "__fish_termgate_using_subcommand validate" -o http-addr -d 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]' -r
complete -c termgate -n "__fish_termgate_using_subcommand validate" -o token -d 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]' -r
complete -c termgate -n "__fish_termgate_using_subcommand validate" -o token-file -d 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand validate" -o ca-file -d 'PEM file with the CA of the agent\'s certificate [env: CONSUL_CACERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand validate" -o ca-path -d 'Directory of PEM files with CAs of the agent\'s certificate [env: CONSUL_CAPATH]' -r -f -a "(__fish_complete_directories)"
complete -c termgate -n "__fish_termgate_using_subcommand validate" -o client-cert -d 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand validate" -o client-key -d 'PEM file of the client certificate\'s private key [env: CONSUL_CLIENT_KEY]' -r -F
complete -c termgate -n "__fish_termgate_using_subcommand validate" -o tls-server-name -d 'Name to expect in the agent\'s certificate [env: CONSUL_TLS_SERVER_NAME]' -r
complete -c termgate -n "__fish_termgate_using_subcommand validate" -o namespace -d 'Enterprise namespace [env: CONSUL_NAMESPACE]' -r
complete -c termgate -n "__fish_termgate_using_subcommand validate" -o partition -d 'Enterprise admin partition [env: CONSUL_PARTITION]' -r
complete -c termgate -n "__fish_termgate_using_subcommand validate" -o datacenter -d 'Datacenter to query [default: the agent\'s]' -r
complete -c termgate -n "__fish_termgate_using_subcommand validate" -o quiet -d 'Print nothing if the files are valid'
complete -c termgate -n "__fish_termgate_using_subcommand validate" -o stale -d 'Let any server answer a read, not only the leader'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "run" -d 'Register the gateway, start Envoy and keep it configured'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "bootstrap" -d 'Print Envoy\'s bootstrap for a registered gateway'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "register" -d 'Register the gateway with the local agent'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "deregister" -d 'Deregister the gateway from the local agent'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "reload" -d 'Have the running gateway read everything again'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "render" -d 'Print the Envoy configuration that direct mode serves'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "snapshot" -d 'Save the Consul state that the gateway depends on'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "doctor" -d 'Check everything that the gateway needs'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "explain" -d 'Show the way of a request through the gateway, and where it ends'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "graph" -d 'Draw who reaches what through the gateway'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "audit" -d 'Judge what a gateway lets through'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "status" -d 'Show the live gateway and each linked service'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "address" -d 'Evaluate address templates'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "intentions" -d 'Say who may reach a linked service, by which intention'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "completions" -d 'Print completions for a shell'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "man" -d 'Print the man page, or write all man pages to a directory'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "connect" -d 'Start Envoy with the command line of `consul connect envoy`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "config" -d 'Check, format, compare and write configuration entries'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "login" -d 'Exchange a JWT for an ACL token, as `consul login`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "logout" -d 'Destroy the token of a log-in, as `consul logout`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "acl" -d 'Print a gateway\'s ACL policy; manage tokens, as `consul acl`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "catalog" -d 'List the catalog with the command lines of `consul catalog`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "info" -d 'Print the agent\'s figures, as `consul info`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "members" -d 'List the agents of the cluster, as `consul members`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "version" -d 'Print the imitated version of Consul, as `consul version`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "intention" -d 'Manage intentions with the command lines of `consul intention`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "kv" -d 'Read and write keys with the command lines of `consul kv`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "services" -d 'Manage a gateway\'s linked services and external services'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "validate" -d 'Check an agent\'s service and entry files, as `consul validate`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and not __fish_seen_subcommand_from run bootstrap register deregister reload render snapshot doctor explain graph audit status address intentions completions man connect config login logout acl catalog info members version intention kv services validate help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from audit" -f -a "egress" -d 'Judge every way out of the mesh through the gateway'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from address" -f -a "eval" -d 'Print what an address template renders to on this host'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from intentions" -f -a "check" -d 'Say whether a source may reach a linked service, and why'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from intentions" -f -a "list" -d 'List the intentions on a gateway\'s linked services'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from connect" -f -a "envoy" -d 'Start Envoy for a gateway, as `consul connect envoy`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "validate" -d 'Check entries without an agent'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "fmt" -d 'Rewrite entry files in canonical form'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "convert" -d 'Convert an entry between HCL and JSON'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "diff" -d 'Compare entry files with Consul'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "apply" -d 'Apply entry files to Consul'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "write" -d 'Write an entry, as `consul config write`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "read" -d 'Print an entry, as `consul config read`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "list" -d 'List the entries of a kind, as `consul config list`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "delete" -d 'Delete an entry, as `consul config delete`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from acl" -f -a "bootstrap" -d 'Make the first token, as `consul acl bootstrap`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from acl" -f -a "set-agent-token" -d 'Give the agent a token, as `consul acl set-agent-token`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from acl" -f -a "policy" -d 'Print the least policy that a gateway\'s token needs'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from acl" -f -a "token" -d 'Manage ACL tokens with the command lines of `consul acl token`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from catalog" -f -a "datacenters" -d 'List the datacenters, as `consul catalog datacenters`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from catalog" -f -a "nodes" -d 'List nodes, as `consul catalog nodes`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from catalog" -f -a "services" -d 'List services, as `consul catalog services`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from intention" -f -a "create" -d 'Create an intention, as `consul intention create`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from intention" -f -a "delete" -d 'Delete an intention, as `consul intention delete`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from intention" -f -a "check" -d 'Ask whether a connection is allowed, as `consul intention check`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from intention" -f -a "get" -d 'Show an intention, as `consul intention get`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from intention" -f -a "match" -d 'List the intentions of a service, as `consul intention match`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from intention" -f -a "list" -d 'List all intentions, as `consul intention list`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from kv" -f -a "get" -d 'Print a key\'s value, as `consul kv get`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from kv" -f -a "put" -d 'Write a key\'s value, as `consul kv put`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from kv" -f -a "delete" -d 'Delete a key, as `consul kv delete`'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from services" -f -a "link" -d 'Link a service to a gateway, or edit its link'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from services" -f -a "unlink" -d 'Unlink a service from a gateway'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from services" -f -a "list" -d 'List a gateway\'s linked services, wildcards expanded'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from services" -f -a "register" -d 'Register an external service in the catalog'
complete -c termgate -n "__fish_termgate_using_subcommand help; and __fish_seen_subcommand_from services" -f -a "deregister" -d 'Deregister an external service from the catalog'
