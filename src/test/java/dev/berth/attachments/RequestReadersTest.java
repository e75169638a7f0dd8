package dev.berth.attachments;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.model.Fault;
import dev.berth.model.Faults;
import dev.berth.model.Network.Range;
import dev.berth.model.NetworkSpec;
import dev.berth.model.VolumeSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The bodies that ask for a network or a volume.
class RequestReadersTest {
    private final Faults faults = new Faults();

    private Json json(String body) throws JsonReader.Broken {
        return JsonReader.request(body.getBytes(UTF_8), faults);
    }

    private NetworkSpec network(String body) throws JsonReader.Broken {
        Optional<NetworkSpec> spec = NetworkRequestReader.read(json(body), faults);
        assertEquals(List.of(), faults.found());
        return spec.orElseThrow();
    }

    private List<String> faulty() {
        return faults.found().stream().map(Fault::field).distinct().toList();
    }

    @Test
    void aNameIsEnoughForANetwork() throws JsonReader.Broken {
        assertEquals(
                new NetworkSpec("back", Optional.empty(), List.of(), false, Map.of()), network("{\"name\":\"back\"}"));
    }

    @Test
    void aNetworkHasSubnetsAndTheGatewayGoesToTheOneItLiesIn() throws JsonReader.Broken {
        NetworkSpec spec = network("""
                {"name":"back","driver":"macvlan","subnets":["10.77.0.0/24","fd00:77::/64"],"gateway":"fd00:77::1",
                 "internal":true,"labels":{"a":"b"}}""");
        assertEquals(Optional.of("macvlan"), spec.driver());
        assertEquals(Map.of("a", "b"), spec.labels());
        assertTrue(spec.internal());
        assertEquals(new Range("10.77.0.0/24", Optional.empty()), spec.ranges().getFirst());
        assertTrue(spec.ranges().getLast().gateway().isPresent());
    }

    @Test
    void oneSubnetNeedsNoList() throws JsonReader.Broken {
        assertEquals(
                List.of(new Range("10.77.0.0/24", Optional.of("10.77.0.1"))),
                network("{\"name\":\"back\",\"subnets\":\"10.77.0.0/24\",\"gateway\":\"10.77.0.1\"}")
                        .ranges());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    name | {}
                    name | {"name":null}
                    name | {"name":""}
                    name | {"name":"a"}
                    name | {"name":"a b"}
                    name | {"name":"a/b"}
                    name | {"name":5}
                    driver | {"name":"ab","driver":"a b"}
                    subnets | {"name":"ab","subnets":"10.77.0.0"}
                    subnets | {"name":"ab","subnets":"10.77.0.5/24"}
                    subnets | {"name":"ab","subnets":"10.77.0.0/33"}
                    subnets | {"name":"ab","subnets":"10.77.0.0/0"}
                    subnets | {"name":"ab","subnets":"10.77.00.0/24"}
                    subnets | {"name":"ab","subnets":"fd00::1/64"}
                    subnets | {"name":"ab","subnets":"localhost/24"}
                    subnets | {"name":"ab","subnets":5}
                    subnets[1] | {"name":"ab","subnets":["10.77.0.0/24","x"]}
                    subnets | {"name":"ab","subnets":["10.77.0.0/16","10.77.8.0/24"]}
                    gateway | {"name":"ab","gateway":"10.77.0.1"}
                    gateway | {"name":"ab","subnets":"10.77.0.0/24","gateway":"10.78.0.1"}
                    gateway | {"name":"ab","subnets":"10.77.0.0/24","gateway":"router"}
                    internal | {"name":"ab","internal":"yes"}
                    labels.berth.op | {"name":"ab","labels":{"berth.op":"x"}}
                    labels.berth.update | {"name":"ab","labels":{"berth.update":"x"}}
                    labels.a | {"name":"ab","labels":{"a":5}}
                    Name | {"name":"ab","Name":"x"}
                    """)
    void whatIsWrongWithANetworkIsNamed(String field, String body) throws JsonReader.Broken {
        assertTrue(NetworkRequestReader.read(json(body), faults).isEmpty());
        assertEquals(List.of(field), faulty());
    }

    @Test
    void everythingThatIsWrongIsNamedAtOnce() throws JsonReader.Broken {
        NetworkRequestReader.read(json("{\"name\":5,\"subnets\":\"x\",\"gateway\":\"y\",\"size\":1}"), faults);
        assertEquals(List.of("name", "subnets", "gateway", "size"), faulty());
    }

    @Test
    void aVolumeHasANameADriverAndLabels() throws JsonReader.Broken {
        Json body = json("{\"name\":\"data\",\"driver\":\"local\",\"labels\":{\"a\":\"b\"}}");
        assertEquals(
                Optional.of(new VolumeSpec("data", Optional.of("local"), Map.of("a", "b"))),
                VolumeRequestReader.read(body, faults));
    }

    @Test
    void aVolumeTakesNoOptionsOfItsDriver() throws JsonReader.Broken {
        Json body = json("{\"name\":\"/srv\",\"options\":{\"o\":\"bind\"},\"labels\":{\"berth.x\":\"\"}}");
        assertTrue(VolumeRequestReader.read(body, faults).isEmpty());
        assertEquals(List.of("name", "labels.berth.x", "options"), faulty());
    }
}
