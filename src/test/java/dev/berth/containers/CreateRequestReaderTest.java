package dev.berth.containers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.model.ContainerPort;
import dev.berth.model.ContainerSpec;
import dev.berth.model.Cpus;
import dev.berth.model.Device;
import dev.berth.model.DeviceRate;
import dev.berth.model.Fault;
import dev.berth.model.Faults;
import dev.berth.model.HealthCheck;
import dev.berth.model.Limits;
import dev.berth.model.Logging;
import dev.berth.model.MemorySize;
import dev.berth.model.PortBinding;
import dev.berth.model.RestartPolicy;
import dev.berth.model.Ulimit;
import dev.berth.model.VolumeMount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The body of a create: what every field takes, and how every wrong value is named.
class CreateRequestReaderTest {
    private static final EngineHost HOST = new EngineHost(
            Optional.of(Cpus.of(2)),
            Optional.of(MemorySize.parse("4g")),
            MemoryPresets.NONE,
            Optional.of("/dev/sda"::equals));

    private final Faults faults = new Faults();

    private Optional<CreateRequest> read(String body, EngineHost host) throws JsonReader.Broken {
        Json json = JsonReader.request(body.getBytes(UTF_8), faults);
        return CreateRequestReader.read(json, host, faults);
    }

    private ContainerSpec spec(String body) throws JsonReader.Broken {
        Optional<CreateRequest> request = read(body, HOST);
        assertEquals(List.of(), faults.found());
        return request.orElseThrow().spec();
    }

    private ContainerSpec with(String field) throws JsonReader.Broken {
        return spec("{\"image_name\":\"a\"," + field + "}");
    }

    @Test
    void readsTheOriginalsSample() throws JsonReader.Broken {
        Optional<CreateRequest> request = read("""
                {"image_name":"nginx","ports":{"80/tcp":8080},"mem_limit":"2g","cpu_percent_limit":50,
                 "environment":["A=B","C=D"],
                 "device_read_bps":[{"Path":"/dev/sda","Rate":1048576}],
                 "device_read_iops":[{"Path":"/dev/sda","Rate":1000}],
                 "device_write_bps":[{"Path":"/dev/sda","Rate":"10mb"}],
                 "device_write_iops":[{"Path":"/dev/sda","Rate":1000}]}""", HOST);
        assertEquals(List.of(), faults.found());
        assertTrue(request.orElseThrow().start());
        assertEquals(CreateRequest.Pull.MISSING, request.get().pull());
        ContainerSpec spec = request.get().spec();
        assertEquals("nginx:latest", spec.image().toString());
        assertEquals(Map.of(ContainerPort.parse("80"), List.of(port(8080))), spec.ports());
        assertEquals(MemorySize.parse("2g"), spec.limits().memory().orElseThrow());
        assertEquals(500_000_000, spec.limits().cpus().orElseThrow().nanos());
        assertEquals(List.of("A=B", "C=D"), spec.environment());
        assertEquals(List.of(new DeviceRate("/dev/sda", 1 << 20)), spec.limits().readBytes());
        assertEquals(List.of(new DeviceRate("/dev/sda", 1000)), spec.limits().readOperations());
        assertEquals(
                List.of(new DeviceRate("/dev/sda", 10 << 20)), spec.limits().writeBytes());
        assertEquals(List.of(new DeviceRate("/dev/sda", 1000)), spec.limits().writeOperations());
    }

    private static PortBinding port(int number) {
        return new PortBinding(Optional.empty(), OptionalInt.of(number));
    }

    @Test
    void anImageIsEnough() throws JsonReader.Broken {
        ContainerSpec spec = spec("{\"image_name\":\"a\"}");
        assertEquals(Limits.NONE, spec.limits());
        assertEquals(RestartPolicy.NO, spec.restartPolicy());
        assertEquals(Map.of(), spec.ports());
        assertEquals(Optional.empty(), spec.command());
        assertFalse(spec.readOnly() || spec.init());
    }

    @Test
    void nullIsTheSameAsNothing() throws JsonReader.Broken {
        ContainerSpec all = with("""
                "ports":null,"mem_limit":null,"cpu_percent_limit":null,"environment":null,"device_read_bps":null,\
                "name":null,"command":null,"labels":null,"volumes":null,"networks":null,"restart_policy":null,\
                "pids_limit":null,"start":null,"pull":null,"stop_timeout":null,"init":null""");
        assertEquals(spec("{\"image_name\":\"a\"}"), all);
    }

    static Stream<Arguments> tests() {
        return Stream.of(
                Arguments.of("\"wget -q x\"", true, List.of("wget -q x")),
                Arguments.of("[\"/bin/check\",\"-v\"]", false, List.of("/bin/check", "-v")),
                Arguments.of("[\"CMD\",\"/bin/check\"]", false, List.of("/bin/check")),
                Arguments.of("[\"CMD-SHELL\",\"a || b\"]", true, List.of("a || b")));
    }

    @ParameterizedTest
    @MethodSource("tests")
    void aHealthTestIsALineOrAProgram(String test, boolean shell, List<String> words) throws JsonReader.Broken {
        HealthCheck check =
                with("\"healthcheck\":{\"test\":" + test + "}").healthCheck().orElseThrow();
        assertEquals(Optional.of(new HealthCheck.Test(shell, words)), check.test());
        assertFalse(check.disabled());
    }

    @ParameterizedTest
    @CsvSource({
        "30, 30000",
        "0.5, 500",
        "'\"30s\"', 30000",
        "'\"1.5s\"', 1500",
        "'\"1m30s\"', 90000",
        "'\"500ms\"', 500",
        "'\"24h\"', 86400000",
        "'\"1h2m3s4ms\"', 3723004"
    })
    void aTimeIsSecondsOrSaysItsUnits(String written, long millis) throws JsonReader.Broken {
        HealthCheck check = with("\"healthcheck\":{\"interval\":" + written + "}")
                .healthCheck()
                .orElseThrow();
        assertEquals(Optional.of(Duration.ofMillis(millis)), check.interval());
        assertTrue(check.test().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"disable\":true}", "{\"test\":[\"NONE\"]}"})
    void aHealthCheckCanBeSwitchedOff(String check) throws JsonReader.Broken {
        assertEquals(
                Optional.of(HealthCheck.DISABLED),
                with("\"healthcheck\":" + check).healthCheck());
    }

    @Test
    void aPathInMemoryHasASizeOrOptionsOrNeither() throws JsonReader.Broken {
        assertEquals(
                Map.of("/a", "size=67108864", "/b", "size=1000", "/c", "size=1m,mode=1777,noexec", "/d", "", "/e", ""),
                with("\"tmpfs\":{\"/a\":\"64m\",\"/b\":1000,\"/c\":\"size=1m,mode=1777,noexec\",\"/d\":null,\"/e\":\"\"}")
                        .tmpfs());
    }

    @Test
    void aKernelLimitIsOneNumberOrTwo() throws JsonReader.Broken {
        assertEquals(
                Map.of("nofile", new Ulimit(1024, 1024), "core", new Ulimit(0, -1), "memlock", new Ulimit(-1, -1)),
                with("\"ulimits\":{\"nofile\":1024,\"core\":{\"soft\":0,\"hard\":-1},\"memlock\":-1}")
                        .ulimits());
    }

    @Test
    void logOptionsMayBeNumbers() throws JsonReader.Broken {
        assertEquals(
                new Logging(Optional.of("json-file"), Map.of("max-file", "3", "max-size", "1m", "compress", "true")),
                with("\"log_driver\":\"json-file\",\"log_options\":{\"max-file\":3,\"max-size\":\"1m\",\"compress\":true}")
                        .logging());
    }

    @Test
    void whatReachesOutOfAContainerStandsTogether() throws JsonReader.Broken {
        ContainerSpec spec = with("\"privileged\":true,\"cap_add\":[\"NET_ADMIN\"],\"cap_drop\":[\"ALL\"],"
                + "\"devices\":[\"/dev/fuse\",\"/dev/sda:/dev/x:r\"],\"volumes\":[\"/srv/x:/x:ro\"]");
        assertTrue(spec.privileges().all());
        assertEquals(List.of("NET_ADMIN"), spec.privileges().addCapabilities());
        assertEquals(
                List.of(new Device("/dev/fuse", "/dev/fuse", "rwm"), new Device("/dev/sda", "/dev/x", "r")),
                spec.privileges().devices());
        assertEquals(List.of(new VolumeMount("/srv/x", "/x", true)), spec.volumes());
        assertTrue(spec.volumes().getFirst().ofHost());
    }

    @Test
    void howLongToWaitForHealthIsKept() throws JsonReader.Broken {
        var request = read("{\"image_name\":\"a\",\"wait_healthy\":\"1m\"}", HOST);
        assertEquals(Optional.of(Duration.ofMinutes(1)), request.orElseThrow().waitHealthy());
    }

    static Stream<Arguments> ports() {
        var any = new PortBinding(Optional.empty(), OptionalInt.empty());
        var local = new PortBinding(Optional.of("127.0.0.1"), OptionalInt.of(8080));
        return Stream.of(
                Arguments.of("8080", List.of(port(8080))),
                Arguments.of("\"8080\"", List.of(port(8080))),
                Arguments.of("8080.0", List.of(port(8080))),
                Arguments.of("8.08e3", List.of(port(8080))),
                Arguments.of("null", List.of(any)),
                Arguments.of("{}", List.of(any)),
                Arguments.of("{\"port\":null}", List.of(any)),
                Arguments.of("{\"ip\":\"127.0.0.1\",\"port\":8080}", List.of(local)),
                Arguments.of(
                        "{\"ip\":\"::1\",\"port\":\"81\"}",
                        List.of(new PortBinding(Optional.of("::1"), OptionalInt.of(81)))),
                Arguments.of("[80,\"81\",null]", List.of(port(80), port(81), any)),
                Arguments.of("[{\"ip\":\"127.0.0.1\",\"port\":8080},8080]", List.of(local, port(8080))));
    }

    @ParameterizedTest
    @MethodSource("ports")
    void aPortHasManyForms(String value, List<PortBinding> bindings) throws JsonReader.Broken {
        assertEquals(
                Map.of(ContainerPort.parse("53/udp"), bindings),
                with("\"ports\":{\"53/udp\":" + value + "}").ports());
    }

    static Stream<Arguments> sizes() {
        return Stream.of(
                Arguments.of("6291456", 6_291_456L),
                Arguments.of("\"6m\"", 6_291_456L),
                Arguments.of("2147483648", 1L << 31),
                Arguments.of("1e9", 1_000_000_000L),
                Arguments.of("1000000000.0", 1_000_000_000L),
                Arguments.of("\"1.5GB\"", 1_610_612_736L),
                Arguments.of("9223372036854775807", Long.MAX_VALUE));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void memoryIsBytesOrAStringWithAUnit(String value, long bytes) throws JsonReader.Broken {
        assertEquals(
                bytes,
                with("\"mem_limit\":" + value).limits().memory().orElseThrow().bytes());
    }

    @Test
    void anEnvironmentIsAListOrAnObject() throws JsonReader.Broken {
        assertEquals(
                List.of("A=B=C", "D=", "E"),
                with("\"environment\":[\"A=B=C\",\"D=\",\"E\"]").environment());
        assertEquals(
                List.of("A=B=C", "D=", "E"),
                with("\"environment\":{\"A\":\"B=C\",\"E\":null,\"D\":\"\"}").environment());
    }

    @Test
    void everyNewerFieldIsRead() throws JsonReader.Broken {
        Optional<CreateRequest> request = read("""
                {"image_name":"r.example:5000/t/app:1","name":"app","command":["serve","-v"],"entrypoint":["/bin/app"],
                 "working_dir":"/srv","user":"1000:1000","hostname":"app.local","labels":{"tier":"web","berth.update":"auto"},
                 "volumes":["data:/var/lib/app","assets:/srv/assets:ro"],"networks":["bridge","back_end"],
                 "restart_policy":"on-failure:3","mem_limit":"1g","mem_reservation":"256m","pids_limit":200,"read_only":true,
                 "cap_drop":["NET_RAW","CAP_CHOWN","ALL"],"init":true,"stop_timeout":0,"start":false,"pull":"always"}""", HOST);
        assertEquals(List.of(), faults.found());
        ContainerSpec spec = request.orElseThrow().spec();
        assertFalse(request.get().start());
        assertEquals(CreateRequest.Pull.ALWAYS, request.get().pull());
        assertEquals(Optional.of("app"), spec.name());
        assertEquals(Optional.of(List.of("serve", "-v")), spec.command());
        assertEquals(Optional.of(List.of("/bin/app")), spec.entrypoint());
        assertEquals(Optional.of("/srv"), spec.workingDir());
        assertEquals(Optional.of("1000:1000"), spec.user());
        assertEquals(Optional.of("app.local"), spec.hostname());
        assertEquals(Map.of("tier", "web", "berth.update", "auto"), spec.labels());
        assertEquals(
                "[data:/var/lib/app, assets:/srv/assets:ro]",
                spec.volumes().toString().replaceAll("VolumeMount", ""));
        assertEquals(List.of("bridge", "back_end"), spec.networks());
        assertEquals("on-failure:3", spec.restartPolicy().toString());
        assertEquals(MemorySize.parse("256m"), spec.limits().memoryReservation().orElseThrow());
        assertEquals(200, spec.limits().pids().orElseThrow());
        assertTrue(spec.readOnly() && spec.init());
        assertEquals(List.of("NET_RAW", "CAP_CHOWN", "ALL"), spec.dropCapabilities());
        assertEquals(OptionalInt.of(0), spec.stopTimeoutSeconds());
    }

    /// Field at fault, body beside `image_name`.
    private static final String BAD = """
            ports | "ports":8080
            ports | "ports":["80"]
            ports | "ports":"80:8080"
            ports.http | "ports":{"http":80}
            ports.0 | "ports":{"0":80}
            ports.65536/tcp | "ports":{"65536/tcp":80}
            ports.80/icmp | "ports":{"80/icmp":80}
            ports.8080:80 | "ports":{"8080:80":null}
            ports. | "ports":{"":80}
            ports.80 | "ports":{"80":0}
            ports.80 | "ports":{"80":65536}
            ports.80 | "ports":{"80":-1}
            ports.80 | "ports":{"80":1.5}
            ports.80 | "ports":{"80":1e300}
            ports.80 | "ports":{"80":"0"}
            ports.80 | "ports":{"80":"x"}
            ports.80 | "ports":{"80":""}
            ports.80 | "ports":{"80":"8080/tcp"}
            ports.80 | "ports":{"80":true}
            ports.80 | "ports":{"80":[]}
            ports.80 | "ports":{"80":["127.0.0.1",80]}
            ports.80 | "ports":{"80":["::1",80]}
            ports.80[0] | "ports":{"80":[[80]]}
            ports.80[1] | "ports":{"80":[80,0]}
            ports.80[0].port | "ports":{"80":[{"port":0}]}
            ports.80.host | "ports":{"80":{"host":1}}
            ports.80.ip | "ports":{"80":{"ip":"localhost","port":80}}
            ports.80.ip | "ports":{"80":{"ip":"256.0.0.1","port":80}}
            ports.80.ip | "ports":{"80":{"ip":"127.0.0.01","port":80}}
            ports.80.ip | "ports":{"80":{"ip":"1:2:3","port":80}}
            ports.80.ip | "ports":{"80":{"ip":":::","port":80}}
            ports.80.ip | "ports":{"80":{"ip":"fe80::1%eth0","port":80}}
            ports.80.ip | "ports":{"80":{"ip":"","port":80}}
            ports.80.ip | "ports":{"80":{"ip":127,"port":80}}
            ports.80.port | "ports":{"80":{"port":"x"}}
            ports.80/tcp | "ports":{"80":1,"80/tcp":2}
            ports.81/tcp | "ports":{"80":8080,"81":8080}
            mem_limit | "mem_limit":0
            mem_limit | "mem_limit":-1
            mem_limit | "mem_limit":6291455
            mem_limit | "mem_limit":"5m"
            mem_limit | "mem_limit":"2 g"
            mem_limit | "mem_limit":"2t"
            mem_limit | "mem_limit":""
            mem_limit | "mem_limit":1.5
            mem_limit | "mem_limit":1e300
            mem_limit | "mem_limit":9223372036854775808
            mem_limit | "mem_limit":true
            mem_limit | "mem_limit":["1g"]
            mem_reservation | "mem_reservation":"1"
            mem_reservation | "mem_limit":"1g","mem_reservation":"2g"
            cpu_percent_limit | "cpu_percent_limit":0
            cpu_percent_limit | "cpu_percent_limit":0.99
            cpu_percent_limit | "cpu_percent_limit":-50
            cpu_percent_limit | "cpu_percent_limit":201
            cpu_percent_limit | "cpu_percent_limit":1e300
            cpu_percent_limit | "cpu_percent_limit":"50"
            cpu_percent_limit | "cpu_percent_limit":"50%"
            environment | "environment":"A=B"
            environment | "environment":5
            environment[0] | "environment":[5]
            environment[1] | "environment":["A=B",null]
            environment[0] | "environment":["=B"]
            environment[1] | "environment":["A",""]
            environment[0] | "environment":["A=\\u0000"]
            environment. | "environment":{"":"x"}
            environment.A=B | "environment":{"A=B":"x"}
            environment.=B | "environment":{"=B":"x"}
            environment.A | "environment":{"A":5}
            environment.A | "environment":{"A":["x"]}
            device_read_bps | "device_read_bps":{"Path":"/dev/sda","Rate":1}
            device_read_bps[0] | "device_read_bps":["/dev/sda:1mb"]
            device_read_bps[0].Path | "device_read_bps":[{"Rate":1}]
            device_read_bps[0].Rate | "device_read_bps":[{"Path":"/dev/sda"}]
            device_read_bps[0].Rate | "device_read_bps":[{"Path":"/dev/sda","Rate":0}]
            device_read_bps[0].Rate | "device_read_bps":[{"Path":"/dev/sda","Rate":-1}]
            device_read_bps[0].Rate | "device_read_bps":[{"Path":"/dev/sda","Rate":1.5}]
            device_read_bps[0].Rate | "device_read_bps":[{"Path":"/dev/sda","Rate":"1x"}]
            device_read_bps[0].Rate | "device_read_bps":[{"Path":"/dev/sda","Rate":"0mb"}]
            device_read_bps[0].Rate | "device_read_bps":[{"Path":"/dev/sda","Rate":1e30}]
            device_read_iops[0].Rate | "device_read_iops":[{"Path":"/dev/sda","Rate":"10mb"}]
            device_write_bps[0].rate | "device_write_bps":[{"Path":"/dev/sda","Rate":1,"rate":1}]
            device_write_bps[0].Path | "device_write_bps":[{"Path":"/etc/passwd","Rate":1}]
            device_write_bps[0].Path | "device_write_bps":[{"Path":"/dev/../etc/passwd","Rate":1}]
            device_write_bps[0].Path | "device_write_bps":[{"Path":"/dev/..","Rate":1}]
            device_write_bps[0].Path | "device_write_bps":[{"Path":"/dev/null","Rate":1}]
            device_write_bps[0].Path | "device_write_bps":[{"Path":5,"Rate":1}]
            device_write_iops[1].Path | "device_write_iops":[{"Path":"/dev/sda","Rate":1},{"Path":"sda","Rate":1}]
            name | "name":""
            name | "name":"a"
            name | "name":"-ab"
            name | "name":"a b"
            name | "name":"a/b"
            name | "name":"ab\\n"
            name | "name":5
            command | "command":"serve -v"
            command | "command":[]
            command[1] | "command":["serve",5]
            entrypoint | "entrypoint":"/bin/app"
            entrypoint[0] | "entrypoint":[null]
            working_dir | "working_dir":"srv"
            working_dir | "working_dir":""
            user | "user":""
            user | "user":1000
            hostname | "hostname":"a_b"
            hostname | "hostname":"-a"
            hostname | "hostname":"a..b"
            hostname | "hostname":"a\\n"
            labels | "labels":["a=b"]
            labels.a | "labels":{"a":1}
            labels.a | "labels":{"a":null}
            labels. | "labels":{"":"x"}
            labels.berth.op | "labels":{"berth.op":"x"}
            labels.berth.update.of | "labels":{"berth.update.of":"x"}
            labels.berth.updates | "labels":{"berth.updates":"off"}
            labels.berth.update | "labels":{"berth.update":"perhaps"}
            labels.berth.update.window | "labels":{"berth.update.window":"at night"}
            labels.berth.server | "labels":{"berth.server":"x"}
            labels.berth. | "labels":{"berth.":"x"}
            volumes | "volumes":"data:/x"
            volumes | "volumes":{"data":"/x"}
            volumes[0] | "volumes":["./srv:/x"]
            volumes[0] | "volumes":["~/srv:/x"]
            volumes[0] | "volumes":["/srv/../etc:/x"]
            volumes[0] | "volumes":["/srv:x"]
            volumes[0] | "volumes":["data"]
            volumes[1] | "volumes":["data:/x","data:/y:z"]
            volumes[0] | "volumes":[{"name":"data"}]
            volumes | "volumes":["a1:/x","b1:/x"]
            networks | "networks":"bridge"
            networks[0] | "networks":["host"]
            networks[0] | "networks":["container:web"]
            networks[1] | "networks":["bridge","a b"]
            networks[0] | "networks":[""]
            networks | "networks":["none","bridge"]
            networks | "networks":["back","back"]
            networks[0] | "networks":[5]
            restart_policy | "restart_policy":"sometimes"
            restart_policy | "restart_policy":"always:3"
            restart_policy | "restart_policy":{"name":"always"}
            pids_limit | "pids_limit":0
            pids_limit | "pids_limit":-1
            pids_limit | "pids_limit":1.5
            pids_limit | "pids_limit":4194305
            pids_limit | "pids_limit":"100"
            read_only | "read_only":"true"
            read_only | "read_only":1
            init | "init":0
            start | "start":"no"
            pull | "pull":"Always"
            pull | "pull":"sometimes"
            pull | "pull":true
            stop_timeout | "stop_timeout":-1
            stop_timeout | "stop_timeout":86401
            stop_timeout | "stop_timeout":"10s"
            cap_drop | "cap_drop":"ALL"
            cap_drop[0] | "cap_drop":["net_raw"]
            cap_drop[1] | "cap_drop":[5,5]
            privileged | "privileged":"yes"
            cap_add | "cap_add":"ALL"
            cap_add[0] | "cap_add":["sys_admin"]
            cap_add | "cap_add":["CAP_NET_RAW"],"cap_drop":["NET_RAW"]
            devices[0] | "devices":["sda"]
            devices[0] | "devices":["/etc/passwd"]
            devices[0] | "devices":["/dev/../etc/passwd"]
            devices[0] | "devices":["/dev/sda:/dev/x:z"]
            devices[1] | "devices":["/dev/sda",5]
            devices | "devices":["/dev/sda:/dev/x","/dev/sdb:/dev/x"]
            healthcheck | "healthcheck":"curl"
            healthcheck.test | "healthcheck":{"test":""}
            healthcheck.test | "healthcheck":{"test":[]}
            healthcheck.test | "healthcheck":{"test":["CMD"]}
            healthcheck.test | "healthcheck":{"test":["CMD-SHELL","a","b"]}
            healthcheck.test | "healthcheck":{"test":5}
            healthcheck.test[1] | "healthcheck":{"test":["a",5]}
            healthcheck.interval | "healthcheck":{"interval":0}
            healthcheck.interval | "healthcheck":{"interval":-1}
            healthcheck.interval | "healthcheck":{"interval":1e30}
            healthcheck.interval | "healthcheck":{"interval":1e-30}
            healthcheck.interval | "healthcheck":{"interval":86401}
            healthcheck.timeout | "healthcheck":{"timeout":"soon"}
            healthcheck.timeout | "healthcheck":{"timeout":"30"}
            healthcheck.timeout | "healthcheck":{"timeout":""}
            healthcheck.timeout | "healthcheck":{"timeout":"1s1m"}
            healthcheck.timeout | "healthcheck":{"timeout":true}
            healthcheck.retries | "healthcheck":{"retries":0}
            healthcheck.start_period | "healthcheck":{"start_period":"25h"}
            healthcheck.disable | "healthcheck":{"disable":"no"}
            healthcheck.disable | "healthcheck":{"disable":true,"test":"x"}
            healthcheck.test | "healthcheck":{"test":["NONE"],"retries":3}
            healthcheck.Test | "healthcheck":{"Test":"x"}
            tmpfs | "tmpfs":["/tmp"]
            tmpfs.tmp | "tmpfs":{"tmp":"64m"}
            tmpfs./ | "tmpfs":{"/":"64m"}
            tmpfs./t | "tmpfs":{"/t":"0"}
            tmpfs./t | "tmpfs":{"/t":-1}
            tmpfs./t | "tmpfs":{"/t":1.5}
            tmpfs./t | "tmpfs":{"/t":"64q"}
            tmpfs./t | "tmpfs":{"/t":"size=64m,remount"}
            tmpfs./t | "tmpfs":{"/t":true}
            tmpfs./x | "tmpfs":{"/x":null},"volumes":["data:/x"]
            ulimits | "ulimits":["nofile"]
            ulimits.nofiles | "ulimits":{"nofiles":5}
            ulimits.nofile | "ulimits":{"nofile":-2}
            ulimits.nofile | "ulimits":{"nofile":1.5}
            ulimits.nofile | "ulimits":{"nofile":"1024"}
            ulimits.nofile.hard | "ulimits":{"nofile":{"soft":5}}
            ulimits.nofile.soft | "ulimits":{"nofile":{"soft":5,"hard":4}}
            ulimits.nofile.soft | "ulimits":{"nofile":{"soft":-1,"hard":4}}
            ulimits.nofile.max | "ulimits":{"nofile":{"soft":1,"hard":2,"max":3}}
            log_driver | "log_driver":"a b"
            log_driver | "log_driver":""
            log_driver | "log_driver":5
            log_options | "log_options":["max-size=1m"]
            log_options.max-file | "log_options":{"max-file":[3]}
            log_options.max-file | "log_options":{"max-file":1.5}
            log_options. | "log_options":{"":"x"}
            wait_healthy | "wait_healthy":0
            wait_healthy | "wait_healthy":3601
            wait_healthy | "wait_healthy":true
            wait_healthy | "wait_healthy":"soon"
            wait_healthy | "wait_healthy":5,"start":false
            wait_healthy | "wait_healthy":5,"healthcheck":{"disable":true}
            wait_healthy | "wait_healthy":5,"healthcheck":{"test":["NONE"]}
            binds | "binds":["/:/host"]
            Image | "Image":"a"
            mem_limt | "mem_limt":"1g"
            name | "name":"ab","name":"cd"
            labels.a | "labels":{"a":"1","a":"2"}
            device_read_bps[0].Rate | "device_read_bps":[{"Path":"/dev/sda","Rate":1,"Rate":2}]
            """;

    static Stream<Arguments> badFields() {
        return BAD.lines().map(line -> {
            int bar = line.indexOf(" | ");
            return Arguments.of(line.substring(0, bar), line.substring(bar + 3));
        });
    }

    @ParameterizedTest
    @MethodSource("badFields")
    void aWrongValueIsNamed(String field, String body) throws JsonReader.Broken {
        assertTrue(read("{\"image_name\":\"a\"," + body + "}", HOST).isEmpty(), "a faulty request must not be made");
        Set<String> named = new TreeSet<>();
        for (Fault fault : faults.found()) {
            named.add(fault.field());
            assertFalse(fault.problem().isBlank());
        }
        assertTrue(named.contains(field), () -> field + " is not among " + faults.found());
    }

    @ParameterizedTest
    @MethodSource("badFields")
    void theSameValueIsWrongWithoutAnImageToo(String field, String body) throws JsonReader.Broken {
        read("{" + body + "}", HOST);
        List<String> named = faults.found().stream().map(Fault::field).toList();
        assertTrue(named.contains("image_name") && named.contains(field), faults.found()::toString);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"image_name\":null}",
                "{\"image_name\":5}",
                "{\"image_name\":\"\"}",
                "{\"image_name\":[\"a\"]}",
                "{\"image_name\":\"Nginx\"}",
                "{\"image_name\":\"a b\"}"
            })
    void anImageIsNeeded(String body) throws JsonReader.Broken {
        assertTrue(read(body, HOST).isEmpty());
        assertEquals(
                List.of("image_name"), faults.found().stream().map(Fault::field).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "null", "5", "\"nginx\"", "true"})
    void aBodyThatIsNoObjectIsSaidToBeNone(String body) throws JsonReader.Broken {
        assertTrue(read(body, HOST).isEmpty());
        assertEquals("body", faults.found().getFirst().field());
    }

    @Test
    void allFaultsAreNamedAtOnce() throws JsonReader.Broken {
        var expected = new TreeSet<String>();
        var bodies = new ArrayList<String>();
        var seen = new TreeSet<String>();
        BAD.lines().forEach(line -> {
            int bar = line.indexOf(" | ");
            String body = line.substring(bar + 3);
            String key = body.substring(1, body.indexOf('"', 1));
            boolean alone = body.indexOf("\":") == body.indexOf('"', 1) && !body.contains("\"" + key + "\":\"ab\",");
            if (alone && !body.contains("mem_limit\":\"1g\"") && seen.add(key)) {
                bodies.add(body);
                expected.add(line.substring(0, bar));
            }
        });
        assertTrue(read("{\"image_name\":5," + String.join(",", bodies) + "}", HOST)
                .isEmpty());
        expected.add("image_name");
        assertTrue(expected.size() > 20, expected::toString);
        assertEquals(
                expected,
                new TreeSet<>(faults.found().stream().map(Fault::field).toList()));
    }

    @Test
    void aFaultKeepsItsPlaceBehindAnotherOne() throws JsonReader.Broken {
        read("""
                {"image_name":"a","environment":["A=B",5,"=x"],"networks":[5,"host"],"cap_drop":[5,"x"]}""", HOST);
        assertEquals(
                List.of("environment[1]", "environment[2]", "networks[0]", "networks[1]", "cap_drop[0]", "cap_drop[1]"),
                faults.found().stream().map(Fault::field).toList());
    }

    @Test
    void anAddressInAListNamesTheObjectForm() throws JsonReader.Broken {
        read("{\"image_name\":\"a\",\"ports\":{\"80\":[\"127.0.0.1\",80]}}", HOST);
        assertTrue(faults.found().getFirst().problem().contains("{\"ip\": \"127.0.0.1\", \"port\": 8080}"));
    }

    @Test
    void aHostThatIsNotKnownYetRefusesNothing() throws JsonReader.Broken {
        var unknown = new EngineHost(Optional.empty(), Optional.empty(), MemoryPresets.NONE, Optional.empty());
        String body = "{\"image_name\":\"a\",\"cpu_percent_limit\":100000,"
                + "\"device_read_bps\":[{\"Path\":\"/dev/nosuch\",\"Rate\":1}]}";
        assertTrue(read(body, unknown).isPresent(), faults.found()::toString);
    }

    @Test
    void allOfTheHostsCpusAreFine() throws JsonReader.Broken {
        assertEquals(
                Cpus.of(2), with("\"cpu_percent_limit\":200").limits().cpus().orElseThrow());
        read("{\"image_name\":\"a\",\"cpu_percent_limit\":200.1}", HOST);
        assertTrue(faults.found().getFirst().problem().contains("the host's 200"));
    }

    @Test
    void nulIsRefusedInKeysToo() throws JsonReader.Broken {
        read("{\"image_name\":\"a\",\"labels\":{\"x\\u0000y\":\"v\"},\"environment\":{\"E\\u0000F\":\"v\"}}", HOST);
        assertEquals(2, faults.found().size(), faults.found()::toString);
    }
}
