
use builtin;
use str;

set edit:completion:arg-completer[termgate] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'termgate'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'termgate'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand run 'Register the gateway, start Envoy and keep it configured'
            cand bootstrap 'Print Envoy''s bootstrap for a registered gateway'
            cand register 'Register the gateway with the local agent'
            cand deregister 'Deregister the gateway from the local agent'
            cand reload 'Have the running gateway read everything again'
            cand render 'Print the Envoy configuration that direct mode serves'
            cand snapshot 'Save the Consul state that the gateway depends on'
            cand doctor 'Check everything that the gateway needs'
            cand explain 'Show the way of a request through the gateway, and where it ends'
            cand graph 'Draw who reaches what through the gateway'
            cand audit 'Judge what a gateway lets through'
            cand status 'Show the live gateway and each linked service'
            cand address 'Evaluate address templates'
            cand intentions 'Say who may reach a linked service, by which intention'
            cand completions 'Print completions for a shell'
            cand man 'Print the man page, or write all man pages to a directory'
            cand connect 'Start Envoy with the command line of `consul connect envoy`'
            cand config 'Check, format, compare and write configuration entries'
            cand login 'Exchange a JWT for an ACL token, as `consul login`'
            cand logout 'Destroy the token of a log-in, as `consul logout`'
            cand acl 'Print a gateway''s ACL policy; manage tokens, as `consul acl`'
            cand catalog 'List the catalog with the command lines of `consul catalog`'
            cand info 'Print the agent''s figures, as `consul info`'
            cand members 'List the agents of the cluster, as `consul members`'
            cand version 'Print the imitated version of Consul, as `consul version`'
            cand intention 'Manage intentions with the command lines of `consul intention`'
            cand kv 'Read and write keys with the command lines of `consul kv`'
            cand services 'Manage a gateway''s linked services and external services'
            cand validate 'Check an agent''s service and entry files, as `consul validate`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;run'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --address 'Address inside the datacenter; may be a template [env: TERMGATE_ADDRESS]'
            cand --wan-address 'Address for other datacenters, in the same form [env: TERMGATE_WAN_ADDRESS]'
            cand --bind-address 'Address that Envoy listens on instead of --address; repeatable'
            cand --deregister-after-critical 'How long the health check may fail before the agent deregisters the service [default: 6h]'
            cand --service-config 'Service definition file (HCL or JSON), as an agent reads it'
            cand --config 'Service definition file (HCL or JSON), as an agent reads it'
            cand --admin-bind 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]'
            cand --grpc-addr 'The agent''s gRPC address, for the xds source [env: CONSUL_GRPC_ADDR] [default: as the agent reports]'
            cand --grpc-ca-file 'CA file for TLS to the agent''s gRPC port [env: CONSUL_GRPC_CACERT]'
            cand --grpc-ca-path 'Directory of CA files for TLS to the gRPC port [env: CONSUL_GRPC_CAPATH]'
            cand --envoy-ready-bind-address 'IP address of Envoy''s readiness endpoint'
            cand --envoy-ready-bind-port 'Port of Envoy''s readiness endpoint'
            cand --envoy-binary 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --login-method 'Get the ACL token by logging in with this auth method [env: TERMGATE_LOGIN_METHOD]'
            cand --auth-method 'Get the ACL token by logging in with this auth method [env: TERMGATE_LOGIN_METHOD]'
            cand --bearer-token-file 'File with the JWT for the log-in, such as a service account''s [env: TERMGATE_BEARER_TOKEN_FILE]'
            cand --login-meta 'Note on the token of the log-in; can be repeated'
            cand --config-source 'Where Envoy''s configuration comes from [env: TERMGATE_CONFIG_SOURCE] [default: auto]'
            cand --snapshot 'Read Consul''s state from a snapshot file instead of an agent [env: TERMGATE_SNAPSHOT]'
            cand --wait 'How long to wait for the agent before giving up, such as 5m [env: TERMGATE_WAIT] [default: 30s]'
            cand --drain-time 'How long to wait for open connections after SIGTERM [env: TERMGATE_DRAIN_TIME] [default: 10s]'
            cand --drain-min 'How long to keep serving after the deregistration, even if no connection is open [env: TERMGATE_DRAIN_MIN] [default: 5s]'
            cand --concurrency 'Worker threads of Envoy, in direct mode [env: TERMGATE_CONCURRENCY] [default: auto]'
            cand --memory-limit 'Memory within which Envoy sheds load, in direct mode [env: TERMGATE_MEMORY_LIMIT] [default: auto]'
            cand --run-dir 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]'
            cand --ready-bind 'Where termgate answers /ready, /live and /healthz [env: TERMGATE_READY_BIND]'
            cand --metrics-bind 'Where termgate answers /metrics, in Prometheus'' text format [env: TERMGATE_METRICS_BIND]'
            cand --log-format 'How to log on stderr [env: TERMGATE_LOG_FORMAT] [default: human]'
            cand --log-level 'How much to log [env: TERMGATE_LOG_LEVEL] [default: info]'
            cand --allow-address 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand --color 'When to colour the output: auto, always or never'
            cand --omit-deprecated-tags 'Leave out the metric tags of Consul before 1.9'
            cand --no-central-config 'Leave Proxy.Config of proxy-defaults and of the registration out of the bootstrap'
            cand --ignore-envoy-compatibility 'Start Envoy even if this Consul is not known to support its version'
            cand --no-register 'Use the existing registration of the gateway'
            cand --deregister-on-exit 'Deregister the gateway when termgate ends [env: TERMGATE_DEREGISTER_ON_EXIT]'
            cand --replace 'Register the gateway even if another one with its ID still accepts connections [env: TERMGATE_REPLACE]'
            cand --consul-stats-tags 'In direct mode, tag Envoy''s metrics as Consul''s bootstrap does [env: TERMGATE_CONSUL_STATS_TAGS]'
            cand --no-probe 'In direct mode, do not probe external servers that cannot be reached [env: TERMGATE_NO_PROBE]'
            cand -v 'Log every request and decision; the same as --log-level debug'
            cand --verbose 'Log every request and decision; the same as --log-level debug'
            cand --system-ca 'Use TLS with the platform''s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]'
            cand --insecure-disable-path-normalization 'In direct mode, forward request paths as clients spell them [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;bootstrap'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --admin-bind 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]'
            cand --grpc-addr 'The agent''s gRPC address, for the xds source [env: CONSUL_GRPC_ADDR] [default: as the agent reports]'
            cand --grpc-ca-file 'CA file for TLS to the agent''s gRPC port [env: CONSUL_GRPC_CACERT]'
            cand --grpc-ca-path 'Directory of CA files for TLS to the gRPC port [env: CONSUL_GRPC_CAPATH]'
            cand --envoy-ready-bind-address 'IP address of Envoy''s readiness endpoint'
            cand --envoy-ready-bind-port 'Port of Envoy''s readiness endpoint'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand -o 'Write to this file instead of stdout'
            cand --output-file 'Write to this file instead of stdout'
            cand --output 'output'
            cand --color 'When to colour the output: auto, always or never'
            cand --omit-deprecated-tags 'Leave out the metric tags of Consul before 1.9'
            cand --no-central-config 'Leave Proxy.Config of proxy-defaults and of the registration out of the bootstrap'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand --explain-config 'Print each value of Proxy.Config with its origin, instead of the bootstrap'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;register'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --address 'Address inside the datacenter; may be a template [env: TERMGATE_ADDRESS]'
            cand --wan-address 'Address for other datacenters, in the same form [env: TERMGATE_WAN_ADDRESS]'
            cand --bind-address 'Address that Envoy listens on instead of --address; repeatable'
            cand --deregister-after-critical 'How long the health check may fail before the agent deregisters the service [default: 6h]'
            cand --service-config 'Service definition file (HCL or JSON), as an agent reads it'
            cand --config 'Service definition file (HCL or JSON), as an agent reads it'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand --color 'When to colour the output: auto, always or never'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand --dry-run 'Print what would be done, and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;deregister'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour the output: auto, always or never'
            cand --dry-run 'Print what would be done, and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;reload'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --run-dir 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]'
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;render'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --snapshot 'Read Consul''s state from a snapshot file instead of an agent'
            cand --format 'Print one static configuration that Envoy loads, or the resources by kind'
            cand --envoy-version 'The Envoy that loads the configuration, such as 1.40.0 [default: any]'
            cand --allow-address 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand --color 'When to colour the output: auto, always or never'
            cand --with-secrets 'Include private keys'
            cand --check-files 'Check the TLS files of linked services on this host, as `run` does'
            cand --system-ca 'Use TLS with the platform''s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]'
            cand --insecure-disable-path-normalization 'In direct mode, forward request paths as clients spell them [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;snapshot'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --admin-bind 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]'
            cand --run-dir 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]'
            cand -o 'Write to this file instead of stdout'
            cand --output-file 'Write to this file instead of stdout'
            cand --output 'output'
            cand --color 'When to colour the output: auto, always or never'
            cand --with-secrets 'Include private keys'
            cand --with-envoy 'Add what Envoy''s admin server answers, and versions, without secrets'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;doctor'= {
            cand --output 'How to print the result'
            cand --explain 'Print what the code of a finding means, why it matters and what to do, and nothing else'
            cand --wait 'Look again until no check fails, for at most this long, such as 5m'
            cand --bundle 'Also write what was seen to this file, without secrets'
            cand --snapshot 'Read Consul''s state from a snapshot file instead of an agent'
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --admin-bind 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]'
            cand --envoy-binary 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]'
            cand --run-dir 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]'
            cand --allow-address 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour the output: auto, always or never'
            cand --resolve 'Look up the host names of instances'
            cand --probe 'Connect to the servers of linked services'
            cand --system-ca 'Use TLS with the platform''s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;explain'= {
            cand --from 'The service that connects [default: any]'
            cand --path 'Path of the request, as the client spells it'
            cand --method 'Method of the request [default: GET]'
            cand --header 'Header of the request; repeatable'
            cand --output 'How to print the result'
            cand --snapshot 'Read Consul''s state from a snapshot file instead of an agent'
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --admin-bind 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]'
            cand --envoy-binary 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]'
            cand --run-dir 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]'
            cand --allow-address 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour the output: auto, always or never'
            cand --insecure-disable-path-normalization 'In direct mode, forward request paths as clients spell them [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]'
            cand --resolve 'Look up the host names of instances'
            cand --probe 'Connect to the servers of linked services'
            cand --system-ca 'Use TLS with the platform''s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;graph'= {
            cand --format 'How to draw it [default: by the name of the output file, else mermaid]'
            cand --snapshot 'Read Consul''s state from a snapshot file instead of an agent'
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --admin-bind 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]'
            cand --envoy-binary 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]'
            cand --run-dir 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]'
            cand --allow-address 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand -o 'Write to this file instead of stdout'
            cand --output-file 'Write to this file instead of stdout'
            cand --output 'output'
            cand --color 'When to colour the output: auto, always or never'
            cand --resolve 'Look up the host names of instances'
            cand --probe 'Connect to the servers of linked services'
            cand --system-ca 'Use TLS with the platform''s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;audit'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand egress 'Judge every way out of the mesh through the gateway'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;audit;egress'= {
            cand --output 'How to print the result'
            cand --snapshot 'Read Consul''s state from a snapshot file instead of an agent'
            cand --allow 'Report every way that this allow list does not name'
            cand --allow-address 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]'
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour the output: auto, always or never'
            cand --resolve 'Look up the host names of instances'
            cand --system-ca 'Use TLS with the platform''s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;audit;help'= {
            cand egress 'Judge every way out of the mesh through the gateway'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;audit;help;egress'= {
        }
        &'termgate;audit;help;help'= {
        }
        &'termgate;status'= {
            cand --interval 'Time between two looks at Envoy''s counters, which rates need'
            cand --html 'Write one self-contained HTML page to this file instead'
            cand --output 'How to print the result'
            cand --snapshot 'Read Consul''s state from a snapshot file instead of an agent'
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --service-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --proxy-id 'Service ID of the gateway, if several replicas share an agent [env: TERMGATE_SERVICE_ID] [default: the service name]'
            cand --admin-bind 'Address of Envoy''s admin server, which gives full control over it [env: TERMGATE_ADMIN_BIND] [default: localhost:19000]'
            cand --envoy-binary 'Envoy executable [env: TERMGATE_ENVOY_BINARY] [default: `envoy` on PATH]'
            cand --run-dir 'Private directory for the socket between termgate and Envoy [env: TERMGATE_RUN_DIR] [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm]'
            cand --allow-address 'In direct mode, serve services at this address or network although it is reserved [env: TERMGATE_ALLOW_ADDRESS]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour the output: auto, always or never'
            cand --watch 'Keep showing it: on a terminal as a live view, else a line per change'
            cand --system-ca 'Use TLS with the platform''s CAs for services that have an SNI but no CAFile [env: TERMGATE_SYSTEM_CA]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;address'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand eval 'Print what an address template renders to on this host'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;address;eval'= {
            cand --interfaces 'Use the interfaces of this JSON file instead of this host''s'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand --color 'When to colour the output: auto, always or never'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;address;help'= {
            cand eval 'Print what an address template renders to on this host'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;address;help;eval'= {
        }
        &'termgate;address;help;help'= {
        }
        &'termgate;intentions'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand check 'Say whether a source may reach a linked service, and why'
            cand list 'List the intentions on a gateway''s linked services'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;intentions;check'= {
            cand --path 'Path of the request, as the client spells it'
            cand --method 'Method of the request [default: GET]'
            cand --header 'Header of the request; repeatable'
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --gateway 'gateway'
            cand --snapshot 'Read Consul''s state from a snapshot file instead of an agent'
            cand --output 'How to print the result'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour the output: auto, always or never'
            cand --insecure-disable-path-normalization 'In direct mode, forward request paths as clients spell them [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;intentions;list'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --gateway 'gateway'
            cand --snapshot 'Read Consul''s state from a snapshot file instead of an agent'
            cand --output 'How to print the result'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour the output: auto, always or never'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;intentions;help'= {
            cand check 'Say whether a source may reach a linked service, and why'
            cand list 'List the intentions on a gateway''s linked services'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;intentions;help;check'= {
        }
        &'termgate;intentions;help;list'= {
        }
        &'termgate;intentions;help;help'= {
        }
        &'termgate;completions'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;man'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;connect'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand envoy 'Start Envoy for a gateway, as `consul connect envoy`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;connect;envoy'= {
            cand -gateway 'Kind of gateway; only `terminating` is handled here'
            cand -service 'Service name of the gateway [default: terminating-gateway]'
            cand -proxy-id 'Service ID of the gateway on the local agent [env: CONNECT_PROXY_ID] [default: the only registered one; with -register the service name]'
            cand -address 'Address inside the datacenter; may be a template'
            cand -wan-address 'Address for other datacenters, in the same form'
            cand -bind-address 'Address that Envoy listens on instead of -address; repeatable'
            cand -deregister-after-critical 'How long the health check may fail before the agent deregisters the service [default: 6h]'
            cand -envoy-binary 'Envoy executable [default: `envoy` on PATH]'
            cand -envoy-version 'Envoy version to write into bootstraps for Consul before 1.10; no effect with later agents [default: 1.14.5]'
            cand -admin-bind 'Address of Envoy''s admin server, which gives full control over it [default: localhost:19000]'
            cand -grpc-addr 'The agent''s gRPC address, for the xds source [env: CONSUL_GRPC_ADDR] [default: as the agent reports]'
            cand -grpc-ca-file 'CA file for TLS to the agent''s gRPC port [env: CONSUL_GRPC_CACERT]'
            cand -grpc-ca-path 'Directory of CA files for TLS to the gRPC port [env: CONSUL_GRPC_CAPATH]'
            cand -envoy-ready-bind-address 'IP address of Envoy''s readiness endpoint'
            cand -envoy-ready-bind-port 'Port of Envoy''s readiness endpoint'
            cand -admin-access-log-path 'Access log of the admin server [default: /dev/null]'
            cand -prometheus-backend-port 'Port on 127.0.0.1 that envoy_prometheus_bind_addr forwards to, instead of Envoy''s admin server'
            cand -prometheus-scrape-path 'Path of the Prometheus endpoint [default: /metrics]'
            cand -prometheus-ca-file 'CA file for TLS on the Prometheus endpoint'
            cand -prometheus-ca-path 'Directory with the CA for TLS on the Prometheus endpoint'
            cand -prometheus-cert-file 'Certificate for TLS on the Prometheus endpoint'
            cand -prometheus-key-file 'Private key for TLS on the Prometheus endpoint'
            cand -node-name 'Catalog node that the gateway is registered on'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -suppress 'Hide the findings of a code, or only those about one subject'
            cand -timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand -sidecar-for 'For sidecar proxies only; refused [env: CONNECT_SIDECAR_FOR]'
            cand -register 'Register the gateway service with the local agent before starting Envoy'
            cand -bootstrap 'Print the bootstrap on stdout instead of starting Envoy'
            cand -ignore-envoy-compatibility 'Start Envoy even if this Consul is not known to support its version'
            cand -omit-deprecated-tags 'Leave out the metric tags of Consul before 1.9'
            cand -no-central-config 'Leave Proxy.Config of proxy-defaults and of the registration out of the bootstrap'
            cand -strict 'Treat warnings as failures'
            cand -enable-config-gen-logging 'Log each step to stderr'
            cand -explain-config 'Print on stderr where each value of Proxy.Config comes from'
            cand -expose-servers 'For mesh gateways only; refused'
            cand -mesh-gateway 'For mesh gateways only; refused'
        }
        &'termgate;connect;help'= {
            cand envoy 'Start Envoy for a gateway, as `consul connect envoy`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;connect;help;envoy'= {
        }
        &'termgate;connect;help;help'= {
        }
        &'termgate;config'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand validate 'Check entries without an agent'
            cand fmt 'Rewrite entry files in canonical form'
            cand convert 'Convert an entry between HCL and JSON'
            cand diff 'Compare entry files with Consul'
            cand apply 'Apply entry files to Consul'
            cand write 'Write an entry, as `consul config write`'
            cand read 'Print an entry, as `consul config read`'
            cand list 'List the entries of a kind, as `consul config list`'
            cand delete 'Delete an entry, as `consul config delete`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;config;validate'= {
            cand --output 'How to print the result'
            cand --consul-version 'Consul release whose rules apply [default: the agent''s]'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand --color 'When to colour the output: auto, always or never'
            cand --check-files 'Check the TLS files of linked services on this host, as `run` does'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;config;fmt'= {
            cand --color 'When to colour the output: auto, always or never'
            cand --check 'Write nothing, and exit with 1 if a file would change'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;config;convert'= {
            cand --to 'The language to write'
            cand -o 'Write to this file instead of stdout'
            cand --output-file 'Write to this file instead of stdout'
            cand --output 'output'
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;config;diff'= {
            cand --owner 'Apply the entries as this owner, and leave those of other owners alone'
            cand --output 'How to print the result'
            cand --consul-version 'Consul release whose rules apply [default: the agent''s]'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour the output: auto, always or never'
            cand --prune 'Delete the entries of --owner that no file has'
            cand --plan 'Also show what changes in Envoy'
            cand --allow-skipped 'Let --prune delete entries although files were skipped'
            cand -v 'Name each file that is skipped'
            cand --list-skipped 'Name each file that is skipped'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;config;apply'= {
            cand --owner 'Apply the entries as this owner, and leave those of other owners alone'
            cand --output 'How to print the result'
            cand --consul-version 'Consul release whose rules apply [default: the agent''s]'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour the output: auto, always or never'
            cand --prune 'Delete the entries of --owner that no file has'
            cand --plan 'Also show what changes in Envoy'
            cand --allow-skipped 'Let --prune delete entries although files were skipped'
            cand -v 'Name each file that is skipped'
            cand --list-skipped 'Name each file that is skipped'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand --dry-run 'Print what would be done, and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;config;write'= {
            cand -modify-index 'The ModifyIndex that -cas expects'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -cas 'Change the entry only if its ModifyIndex is still -modify-index'
            cand -stale 'No effect: any server may answer the agent''s reads anyway'
        }
        &'termgate;config;read'= {
            cand -kind 'Kind of the entry, such as terminating-gateway'
            cand -name 'Name of the entry'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -stale 'No effect: any server may answer the agent''s reads anyway'
        }
        &'termgate;config;list'= {
            cand -kind 'Kind of the entry, such as terminating-gateway'
            cand -filter 'Filter for the agent; not supported for every kind'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -stale 'No effect: any server may answer the agent''s reads anyway'
        }
        &'termgate;config;delete'= {
            cand -kind 'Kind of the entry, such as terminating-gateway'
            cand -name 'Name of the entry'
            cand -filename 'File with the entry to delete, instead of -kind and -name'
            cand -modify-index 'The ModifyIndex that -cas expects'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -cas 'Change the entry only if its ModifyIndex is still -modify-index'
            cand -stale 'No effect: any server may answer the agent''s reads anyway'
        }
        &'termgate;config;help'= {
            cand validate 'Check entries without an agent'
            cand fmt 'Rewrite entry files in canonical form'
            cand convert 'Convert an entry between HCL and JSON'
            cand diff 'Compare entry files with Consul'
            cand apply 'Apply entry files to Consul'
            cand write 'Write an entry, as `consul config write`'
            cand read 'Print an entry, as `consul config read`'
            cand list 'List the entries of a kind, as `consul config list`'
            cand delete 'Delete an entry, as `consul config delete`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;config;help;validate'= {
        }
        &'termgate;config;help;fmt'= {
        }
        &'termgate;config;help;convert'= {
        }
        &'termgate;config;help;diff'= {
        }
        &'termgate;config;help;apply'= {
        }
        &'termgate;config;help;write'= {
        }
        &'termgate;config;help;read'= {
        }
        &'termgate;config;help;list'= {
        }
        &'termgate;config;help;delete'= {
        }
        &'termgate;config;help;help'= {
        }
        &'termgate;login'= {
            cand -method 'Auth method to log in with'
            cand -type 'Type of the auth method; Consul finds it out by itself'
            cand -bearer-token-file 'File with the JWT for the log-in'
            cand -token-sink-file 'Where to write the token, for its owner alone (0600)'
            cand -meta 'Note on the token; can be repeated'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;logout'= {
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;acl'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand bootstrap 'Make the first token, as `consul acl bootstrap`'
            cand set-agent-token 'Give the agent a token, as `consul acl set-agent-token`'
            cand policy 'Print the least policy that a gateway''s token needs'
            cand token 'Manage ACL tokens with the command lines of `consul acl token`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;acl;bootstrap'= {
            cand -format 'Output: pretty or json [default: pretty]'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;acl;set-agent-token'= {
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;acl;policy'= {
            cand --format 'The language of the policy [default: hcl]'
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --gateway 'gateway'
            cand --snapshot 'Read Consul''s state from a snapshot file instead of an agent'
            cand --output 'How to print the result'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour the output: auto, always or never'
            cand --check 'List what the token in hand lacks, instead of printing the policy'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand create 'Create an ACL policy, as `consul acl policy create`'
            cand read 'Show an ACL policy, as `consul acl policy read`'
            cand update 'Change an ACL policy, as `consul acl policy update`'
            cand delete 'Delete an ACL policy, as `consul acl policy delete`'
            cand list 'List the ACL policies, as `consul acl policy list`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;acl;policy;create'= {
            cand -name 'Name of the policy'
            cand -description 'What the policy is for'
            cand -rules 'The rules: a text, @FILE, or - for standard input'
            cand -valid-datacenter 'Datacenter where the policy is valid; can be repeated'
            cand -format 'Output: pretty or json [default: pretty]'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -meta 'Print hash and indexes too'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;acl;policy;read'= {
            cand -id 'ID of the policy, or the beginning of it'
            cand -name 'Name of the policy; with -id on update, its new name'
            cand -format 'Output: pretty or json [default: pretty]'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -meta 'Print hash and indexes too'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;acl;policy;update'= {
            cand -id 'ID of the policy, or the beginning of it'
            cand -name 'Name of the policy; with -id on update, its new name'
            cand -description 'What the policy is for'
            cand -rules 'The rules: a text, @FILE, or - for standard input'
            cand -valid-datacenter 'Datacenter where the policy is valid; can be repeated'
            cand -format 'Output: pretty or json [default: pretty]'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -no-merge 'Empty what is not given, instead of leaving it as it is'
            cand -meta 'Print hash and indexes too'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;acl;policy;delete'= {
            cand -id 'ID of the policy, or the beginning of it'
            cand -name 'Name of the policy; with -id on update, its new name'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;acl;policy;list'= {
            cand -format 'Output: pretty or json [default: pretty]'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -meta 'Print hash and indexes too'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;acl;policy;help'= {
            cand create 'Create an ACL policy, as `consul acl policy create`'
            cand read 'Show an ACL policy, as `consul acl policy read`'
            cand update 'Change an ACL policy, as `consul acl policy update`'
            cand delete 'Delete an ACL policy, as `consul acl policy delete`'
            cand list 'List the ACL policies, as `consul acl policy list`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;acl;policy;help;create'= {
        }
        &'termgate;acl;policy;help;read'= {
        }
        &'termgate;acl;policy;help;update'= {
        }
        &'termgate;acl;policy;help;delete'= {
        }
        &'termgate;acl;policy;help;list'= {
        }
        &'termgate;acl;policy;help;help'= {
        }
        &'termgate;acl;token'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand create 'Create an ACL token, as `consul acl token create`'
            cand read 'Show an ACL token, as `consul acl token read`'
            cand update 'Change an ACL token, as `consul acl token update`'
            cand delete 'Delete an ACL token, as `consul acl token delete`'
            cand list 'List the ACL tokens, as `consul acl token list`'
            cand clone 'Clone an ACL token, as `consul acl token clone`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;acl;token;create'= {
            cand -description 'What the token is for'
            cand -policy-id 'ID of a policy, or the beginning of it; can be repeated'
            cand -policy-name 'Name of a policy; can be repeated'
            cand -role-id 'ID of a role, or the beginning of it; can be repeated'
            cand -role-name 'Name of a role; can be repeated'
            cand -service-identity 'Service that the token stands for; can be repeated'
            cand -node-identity 'Node that the token stands for; can be repeated'
            cand -accessor 'Accessor ID of the new token [default: a random one]'
            cand -secret 'Secret ID of the new token [default: a random one]'
            cand -expires-ttl 'How long the token is valid [default: for ever]'
            cand -format 'Output: pretty or json [default: pretty]'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -local 'Make a token that is valid in this datacenter only'
            cand -meta 'Print hash and indexes too'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;acl;token;read'= {
            cand -id 'Accessor ID of the token, or the beginning of it'
            cand -accessor-id 'The same as -id; the name since Consul 1.15'
            cand -format 'Output: pretty or json [default: pretty]'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -self 'Read the token of this request'
            cand -meta 'Print hash and indexes too'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;acl;token;update'= {
            cand -id 'Accessor ID of the token, or the beginning of it'
            cand -accessor-id 'The same as -id; the name since Consul 1.15'
            cand -description 'What the token is for'
            cand -policy-id 'ID of a policy, or the beginning of it; can be repeated'
            cand -policy-name 'Name of a policy; can be repeated'
            cand -role-id 'ID of a role, or the beginning of it; can be repeated'
            cand -role-name 'Name of a role; can be repeated'
            cand -service-identity 'Service that the token stands for; can be repeated'
            cand -node-identity 'Node that the token stands for; can be repeated'
            cand -append-policy-id 'The same as -policy-id with -merge-policies (Consul 1.15)'
            cand -append-policy-name 'The same as -policy-name with -merge-policies (Consul 1.15)'
            cand -append-role-id 'The same as -role-id with -merge-roles (Consul 1.15)'
            cand -append-role-name 'The same as -role-name with -merge-roles (Consul 1.15)'
            cand -format 'Output: pretty or json [default: pretty]'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -merge-policies 'Add to the policies instead of replacing them'
            cand -merge-roles 'Add to the roles instead of replacing them'
            cand -merge-service-identities 'Add to the service identities instead of replacing them'
            cand -merge-node-identities 'Add to the node identities instead of replacing them'
            cand -meta 'Print hash and indexes too'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;acl;token;delete'= {
            cand -id 'Accessor ID of the token, or the beginning of it'
            cand -accessor-id 'The same as -id; the name since Consul 1.15'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;acl;token;list'= {
            cand -format 'Output: pretty or json [default: pretty]'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -meta 'Print hash and indexes too'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;acl;token;clone'= {
            cand -id 'Accessor ID of the token, or the beginning of it'
            cand -accessor-id 'The same as -id; the name since Consul 1.15'
            cand -description 'What the token is for'
            cand -format 'Output: pretty or json [default: pretty]'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -meta 'Print hash and indexes too'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;acl;token;help'= {
            cand create 'Create an ACL token, as `consul acl token create`'
            cand read 'Show an ACL token, as `consul acl token read`'
            cand update 'Change an ACL token, as `consul acl token update`'
            cand delete 'Delete an ACL token, as `consul acl token delete`'
            cand list 'List the ACL tokens, as `consul acl token list`'
            cand clone 'Clone an ACL token, as `consul acl token clone`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;acl;token;help;create'= {
        }
        &'termgate;acl;token;help;read'= {
        }
        &'termgate;acl;token;help;update'= {
        }
        &'termgate;acl;token;help;delete'= {
        }
        &'termgate;acl;token;help;list'= {
        }
        &'termgate;acl;token;help;clone'= {
        }
        &'termgate;acl;token;help;help'= {
        }
        &'termgate;acl;help'= {
            cand bootstrap 'Make the first token, as `consul acl bootstrap`'
            cand set-agent-token 'Give the agent a token, as `consul acl set-agent-token`'
            cand policy 'Print the least policy that a gateway''s token needs'
            cand token 'Manage ACL tokens with the command lines of `consul acl token`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;acl;help;bootstrap'= {
        }
        &'termgate;acl;help;set-agent-token'= {
        }
        &'termgate;acl;help;policy'= {
            cand create 'Create an ACL policy, as `consul acl policy create`'
            cand read 'Show an ACL policy, as `consul acl policy read`'
            cand update 'Change an ACL policy, as `consul acl policy update`'
            cand delete 'Delete an ACL policy, as `consul acl policy delete`'
            cand list 'List the ACL policies, as `consul acl policy list`'
        }
        &'termgate;acl;help;policy;create'= {
        }
        &'termgate;acl;help;policy;read'= {
        }
        &'termgate;acl;help;policy;update'= {
        }
        &'termgate;acl;help;policy;delete'= {
        }
        &'termgate;acl;help;policy;list'= {
        }
        &'termgate;acl;help;token'= {
            cand create 'Create an ACL token, as `consul acl token create`'
            cand read 'Show an ACL token, as `consul acl token read`'
            cand update 'Change an ACL token, as `consul acl token update`'
            cand delete 'Delete an ACL token, as `consul acl token delete`'
            cand list 'List the ACL tokens, as `consul acl token list`'
            cand clone 'Clone an ACL token, as `consul acl token clone`'
        }
        &'termgate;acl;help;token;create'= {
        }
        &'termgate;acl;help;token;read'= {
        }
        &'termgate;acl;help;token;update'= {
        }
        &'termgate;acl;help;token;delete'= {
        }
        &'termgate;acl;help;token;list'= {
        }
        &'termgate;acl;help;token;clone'= {
        }
        &'termgate;acl;help;help'= {
        }
        &'termgate;catalog'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand datacenters 'List the datacenters, as `consul catalog datacenters`'
            cand nodes 'List nodes, as `consul catalog nodes`'
            cand services 'List services, as `consul catalog services`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;catalog;datacenters'= {
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;catalog;nodes'= {
            cand -filter 'Filter for the agent'
            cand -near 'Sort by the round-trip time from this node, or from _agent'
            cand -node-meta 'Metadata of the nodes; repeatable'
            cand -service 'List nodes that have this service'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -detailed 'Print more about each'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;catalog;services'= {
            cand -node 'List services of this node'
            cand -node-meta 'Metadata of the nodes; repeatable'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -tags 'Print each service''s tags'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;catalog;help'= {
            cand datacenters 'List the datacenters, as `consul catalog datacenters`'
            cand nodes 'List nodes, as `consul catalog nodes`'
            cand services 'List services, as `consul catalog services`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;catalog;help;datacenters'= {
        }
        &'termgate;catalog;help;nodes'= {
        }
        &'termgate;catalog;help;services'= {
        }
        &'termgate;catalog;help;help'= {
        }
        &'termgate;info'= {
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;members'= {
            cand -status 'List members whose status matches only'
            cand -segment 'Enterprise network segment'
            cand -filter 'Filter for the agent'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -detailed 'Print more about each'
            cand -wan 'List the servers of all datacenters'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;version'= {
            cand -format 'pretty or json [default: pretty]'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;intention'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand create 'Create an intention, as `consul intention create`'
            cand delete 'Delete an intention, as `consul intention delete`'
            cand check 'Ask whether a connection is allowed, as `consul intention check`'
            cand get 'Show an intention, as `consul intention get`'
            cand match 'List the intentions of a service, as `consul intention match`'
            cand list 'List all intentions, as `consul intention list`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;intention;create'= {
            cand -meta 'Note on the intention; can be repeated'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -allow 'Allow the connection [default]'
            cand -deny 'Deny the connection'
            cand -file 'The words are files, each with an intention in JSON'
            cand -replace 'Replace an intention with the same source and destination'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;intention;delete'= {
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;intention;check'= {
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;intention;get'= {
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;intention;match'= {
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -source 'Match intentions with this source'
            cand -destination 'Match intentions with this destination [default]'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;intention;list'= {
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;intention;help'= {
            cand create 'Create an intention, as `consul intention create`'
            cand delete 'Delete an intention, as `consul intention delete`'
            cand check 'Ask whether a connection is allowed, as `consul intention check`'
            cand get 'Show an intention, as `consul intention get`'
            cand match 'List the intentions of a service, as `consul intention match`'
            cand list 'List all intentions, as `consul intention list`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;intention;help;create'= {
        }
        &'termgate;intention;help;delete'= {
        }
        &'termgate;intention;help;check'= {
        }
        &'termgate;intention;help;get'= {
        }
        &'termgate;intention;help;match'= {
        }
        &'termgate;intention;help;list'= {
        }
        &'termgate;intention;help;help'= {
        }
        &'termgate;kv'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand get 'Print a key''s value, as `consul kv get`'
            cand put 'Write a key''s value, as `consul kv put`'
            cand delete 'Delete a key, as `consul kv delete`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;kv;get'= {
            cand -separator 'With -keys: list keys up to this text only [default: /]'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -base64 'Print values in base64'
            cand -detailed 'Print indexes, flags and session too'
            cand -keys 'List keys that begin with the prefix, without values'
            cand -recurse 'Print all keys that begin with the prefix, with values'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;kv;put'= {
            cand -flags 'Number to store beside the value'
            cand -modify-index 'The ModifyIndex that -cas expects'
            cand -session 'Session that holds the key''s lock'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -acquire 'Take the key''s lock; needs -session'
            cand -base64 'Decode the value from base64'
            cand -cas 'Change the key only if its ModifyIndex is still -modify-index'
            cand -release 'Give the key''s lock back; needs -session'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;kv;delete'= {
            cand -modify-index 'The ModifyIndex that -cas expects'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -cas 'Change the key only if its ModifyIndex is still -modify-index'
            cand -recurse 'Delete all keys that begin with this one'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;kv;help'= {
            cand get 'Print a key''s value, as `consul kv get`'
            cand put 'Write a key''s value, as `consul kv put`'
            cand delete 'Delete a key, as `consul kv delete`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;kv;help;get'= {
        }
        &'termgate;kv;help;put'= {
        }
        &'termgate;kv;help;delete'= {
        }
        &'termgate;kv;help;help'= {
        }
        &'termgate;services'= {
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand link 'Link a service to a gateway, or edit its link'
            cand unlink 'Unlink a service from a gateway'
            cand list 'List a gateway''s linked services, wildcards expanded'
            cand register 'Register an external service in the catalog'
            cand deregister 'Deregister an external service from the catalog'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;services;link'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --gateway 'gateway'
            cand --service-ca-file 'Path, on the gateway''s host, of the CA certificates that verify the service'
            cand --ca-file 'ca-file'
            cand --service-cert-file 'Path of the client certificate for the service (mutual TLS)'
            cand --cert-file 'cert-file'
            cand --service-key-file 'Path of its private key'
            cand --key-file 'key-file'
            cand --sni 'Host name for the TLS handshake'
            cand --disable-auto-host-rewrite 'Keep the Host header of requests (Consul 1.18 or newer)'
            cand --service-namespace 'Enterprise namespace of the service'
            cand --output 'How to print the result'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --agent-ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --agent-ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --agent-client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --agent-client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --agent-tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour the output: auto, always or never'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;services;unlink'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --gateway 'gateway'
            cand --service-namespace 'Enterprise namespace of the service'
            cand --output 'How to print the result'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;services;list'= {
            cand --service 'Service name of the gateway [env: TERMGATE_SERVICE] [default: terminating-gateway]'
            cand --gateway 'gateway'
            cand --output 'How to print the result'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour the output: auto, always or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;services;register'= {
            cand --node 'Catalog node of the service; a node with an agent is refused'
            cand --instance-id 'ID of the instance, if the service has several [default: the service''s name]'
            cand --id 'ID of the instance, if the service has several [default: the service''s name]'
            cand --output 'How to print the result'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --suppress 'Hide the findings of a code, or only those about one subject [env: TERMGATE_SUPPRESS]'
            cand --address 'Host name or IP address of the service'
            cand --port 'TCP port of the service'
            cand --tag 'Tag of the service; repeatable'
            cand --meta 'Metadata of the service; repeatable'
            cand --color 'When to colour the output: auto, always or never'
            cand --dry-run 'Print what would be done, and do nothing'
            cand --strict 'Treat warnings as failures [env: TERMGATE_STRICT]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;services;deregister'= {
            cand --node 'Catalog node of the service; a node with an agent is refused'
            cand --instance-id 'ID of the instance, if the service has several [default: the service''s name]'
            cand --id 'ID of the instance, if the service has several [default: the service''s name]'
            cand --output 'How to print the result'
            cand --http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand --token 'ACL token; prefer --token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand --token-file 'File with the ACL token; overrides --token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand --ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand --ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand --client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand --client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand --tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand --namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand --partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand --timeout 'Time limit for all requests to the agent together; 0 for none [default: 1m]'
            cand --color 'When to colour the output: auto, always or never'
            cand --dry-run 'Print what would be done, and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'termgate;services;help'= {
            cand link 'Link a service to a gateway, or edit its link'
            cand unlink 'Unlink a service from a gateway'
            cand list 'List a gateway''s linked services, wildcards expanded'
            cand register 'Register an external service in the catalog'
            cand deregister 'Deregister an external service from the catalog'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;services;help;link'= {
        }
        &'termgate;services;help;unlink'= {
        }
        &'termgate;services;help;list'= {
        }
        &'termgate;services;help;register'= {
        }
        &'termgate;services;help;deregister'= {
        }
        &'termgate;services;help;help'= {
        }
        &'termgate;validate'= {
            cand -config-format 'hcl or json, whatever the files'' names'
            cand -http-addr 'HTTP address of the agent [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]'
            cand -token 'ACL token; prefer -token-file: argv is public [env: CONSUL_HTTP_TOKEN]'
            cand -token-file 'File with the ACL token; overrides -token [env: CONSUL_HTTP_TOKEN_FILE]'
            cand -ca-file 'PEM file with the CA of the agent''s certificate [env: CONSUL_CACERT]'
            cand -ca-path 'Directory of PEM files with CAs of the agent''s certificate [env: CONSUL_CAPATH]'
            cand -client-cert 'PEM file of the client certificate for the agent [env: CONSUL_CLIENT_CERT]'
            cand -client-key 'PEM file of the client certificate''s private key [env: CONSUL_CLIENT_KEY]'
            cand -tls-server-name 'Name to expect in the agent''s certificate [env: CONSUL_TLS_SERVER_NAME]'
            cand -namespace 'Enterprise namespace [env: CONSUL_NAMESPACE]'
            cand -partition 'Enterprise admin partition [env: CONSUL_PARTITION]'
            cand -datacenter 'Datacenter to query [default: the agent''s]'
            cand -quiet 'Print nothing if the files are valid'
            cand -stale 'Let any server answer a read, not only the leader'
        }
        &'termgate;help'= {
            cand run 'Register the gateway, start Envoy and keep it configured'
            cand bootstrap 'Print Envoy''s bootstrap for a registered gateway'
            cand register 'Register the gateway with the local agent'
            cand deregister 'Deregister the gateway from the local agent'
            cand reload 'Have the running gateway read everything again'
            cand render 'Print the Envoy configuration that direct mode serves'
            cand snapshot 'Save the Consul state that the gateway depends on'
            cand doctor 'Check everything that the gateway needs'
            cand explain 'Show the way of a request through the gateway, and where it ends'
            cand graph 'Draw who reaches what through the gateway'
            cand audit 'Judge what a gateway lets through'
            cand status 'Show the live gateway and each linked service'
            cand address 'Evaluate address templates'
            cand intentions 'Say who may reach a linked service, by which intention'
            cand completions 'Print completions for a shell'
            cand man 'Print the man page, or write all man pages to a directory'
            cand connect 'Start Envoy with the command line of `consul connect envoy`'
            cand config 'Check, format, compare and write configuration entries'
            cand login 'Exchange a JWT for an ACL token, as `consul login`'
            cand logout 'Destroy the token of a log-in, as `consul logout`'
            cand acl 'Print a gateway''s ACL policy; manage tokens, as `consul acl`'
            cand catalog 'List the catalog with the command lines of `consul catalog`'
            cand info 'Print the agent''s figures, as `consul info`'
            cand members 'List the agents of the cluster, as `consul members`'
            cand version 'Print the imitated version of Consul, as `consul version`'
            cand intention 'Manage intentions with the command lines of `consul intention`'
            cand kv 'Read and write keys with the command lines of `consul kv`'
            cand services 'Manage a gateway''s linked services and external services'
            cand validate 'Check an agent''s service and entry files, as `consul validate`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'termgate;help;run'= {
        }
        &'termgate;help;bootstrap'= {
        }
        &'termgate;help;register'= {
        }
        &'termgate;help;deregister'= {
        }
        &'termgate;help;reload'= {
        }
        &'termgate;help;render'= {
        }
        &'termgate;help;snapshot'= {
        }
        &'termgate;help;doctor'= {
        }
        &'termgate;help;explain'= {
        }
        &'termgate;help;graph'= {
        }
        &'termgate;help;audit'= {
            cand egress 'Judge every way out of the mesh through the gateway'
        }
        &'termgate;help;audit;egress'= {
        }
        &'termgate;help;status'= {
        }
        &'termgate;help;address'= {
            cand eval 'Print what an address template renders to on this host'
        }
        &'termgate;help;address;eval'= {
        }
        &'termgate;help;intentions'= {
            cand check 'Say whether a source may reach a linked service, and why'
            cand list 'List the intentions on a gateway''s linked services'
        }
        &'termgate;help;intentions;check'= {
        }
        &'termgate;help;intentions;list'= {
        }
        &'termgate;help;completions'= {
        }
        &'termgate;help;man'= {
        }
        &'termgate;help;connect'= {
            cand envoy 'Start Envoy for a gateway, as `consul connect envoy`'
        }
        &'termgate;help;connect;envoy'= {
        }
        &'termgate;help;config'= {
            cand validate 'Check entries without an agent'
            cand fmt 'Rewrite entry files in canonical form'
            cand convert 'Convert an entry between HCL and JSON'
            cand diff 'Compare entry files with Consul'
            cand apply 'Apply entry files to Consul'
            cand write 'Write an entry, as `consul config write`'
            cand read 'Print an entry, as `consul config read`'
            cand list 'List the entries of a kind, as `consul config list`'
            cand delete 'Delete an entry, as `consul config delete`'
        }
        &'termgate;help;config;validate'= {
        }
        &'termgate;help;config;fmt'= {
        }
        &'termgate;help;config;convert'= {
        }
        &'termgate;help;config;diff'= {
        }
        &'termgate;help;config;apply'= {
        }
        &'termgate;help;config;write'= {
        }
        &'termgate;help;config;read'= {
        }
        &'termgate;help;config;list'= {
        }
        &'termgate;help;config;delete'= {
        }
        &'termgate;help;login'= {
        }
        &'termgate;help;logout'= {
        }
        &'termgate;help;acl'= {
            cand bootstrap 'Make the first token, as `consul acl bootstrap`'
            cand set-agent-token 'Give the agent a token, as `consul acl set-agent-token`'
            cand policy 'Print the least policy that a gateway''s token needs'
            cand token 'Manage ACL tokens with the command lines of `consul acl token`'
        }
        &'termgate;help;acl;bootstrap'= {
        }
        &'termgate;help;acl;set-agent-token'= {
        }
        &'termgate;help;acl;policy'= {
            cand create 'Create an ACL policy, as `consul acl policy create`'
            cand read 'Show an ACL policy, as `consul acl policy read`'
            cand update 'Change an ACL policy, as `consul acl policy update`'
            cand delete 'Delete an ACL policy, as `consul acl policy delete`'
            cand list 'List the ACL policies, as `consul acl policy list`'
        }
        &'termgate;help;acl;policy;create'= {
        }
        &'termgate;help;acl;policy;read'= {
        }
        &'termgate;help;acl;policy;update'= {
        }
        &'termgate;help;acl;policy;delete'= {
        }
        &'termgate;help;acl;policy;list'= {
        }
        &'termgate;help;acl;token'= {
            cand create 'Create an ACL token, as `consul acl token create`'
            cand read 'Show an ACL token, as `consul acl token read`'
            cand update 'Change an ACL token, as `consul acl token update`'
            cand delete 'Delete an ACL token, as `consul acl token delete`'
            cand list 'List the ACL tokens, as `consul acl token list`'
            cand clone 'Clone an ACL token, as `consul acl token clone`'
        }
        &'termgate;help;acl;token;create'= {
        }
        &'termgate;help;acl;token;read'= {
        }
        &'termgate;help;acl;token;update'= {
        }
        &'termgate;help;acl;token;delete'= {
        }
        &'termgate;help;acl;token;list'= {
        }
        &'termgate;help;acl;token;clone'= {
        }
        &'termgate;help;catalog'= {
            cand datacenters 'List the datacenters, as `consul catalog datacenters`'
            cand nodes 'List nodes, as `consul catalog nodes`'
            cand services 'List services, as `consul catalog services`'
        }
        &'termgate;help;catalog;datacenters'= {
        }
        &'termgate;help;catalog;nodes'= {
        }
        &'termgate;help;catalog;services'= {
        }
        &'termgate;help;info'= {
        }
        &'termgate;help;members'= {
        }
        &'termgate;help;version'= {
        }
        &'termgate;help;intention'= {
            cand create 'Create an intention, as `consul intention create`'
            cand delete 'Delete an intention, as `consul intention delete`'
            cand check 'Ask whether a connection is allowed, as `consul intention check`'
            cand get 'Show an intention, as `consul intention get`'
            cand match 'List the intentions of a service, as `consul intention match`'
            cand list 'List all intentions, as `consul intention list`'
        }
        &'termgate;help;intention;create'= {
        }
        &'termgate;help;intention;delete'= {
        }
        &'termgate;help;intention;check'= {
        }
        &'termgate;help;intention;get'= {
        }
        &'termgate;help;intention;match'= {
        }
        &'termgate;help;intention;list'= {
        }
        &'termgate;help;kv'= {
            cand get 'Print a key''s value, as `consul kv get`'
            cand put 'Write a key''s value, as `consul kv put`'
            cand delete 'Delete a key, as `consul kv delete`'
        }
        &'termgate;help;kv;get'= {
        }
        &'termgate;help;kv;put'= {
        }
        &'termgate;help;kv;delete'= {
        }
        &'termgate;help;services'= {
            cand link 'Link a service to a gateway, or edit its link'
            cand unlink 'Unlink a service from a gateway'
            cand list 'List a gateway''s linked services, wildcards expanded'
            cand register 'Register an external service in the catalog'
            cand deregister 'Deregister an external service from the catalog'
        }
        &'termgate;help;services;link'= {
        }
        &'termgate;help;services;unlink'= {
        }
        &'termgate;help;services;list'= {
        }
        &'termgate;help;services;register'= {
        }
        &'termgate;help;services;deregister'= {
        }
        &'termgate;help;validate'= {
        }
        &'termgate;help;help'= {
        }
    ]
    $completions[$command]
}
