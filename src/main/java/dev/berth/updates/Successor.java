package dev.berth.updates;

import dev.berth.containers.CarriedVolumes;
import dev.berth.engine.EngineVerbatim;
import dev.berth.json.Json;
import dev.berth.json.ObjBuilder;
import dev.berth.model.ContainerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// How to create the container that takes another one's place.
///
/// @param body of the create, in the engine's own words
/// @param networks further ones to connect it to, with the settings of its endpoints
/// @param leaves one that a create enters by itself and the forerunner had left
record Successor(Json body, Map<String, Json> networks, Optional<String> leaves) {
    private static final String OF_CONTAINER = "container:";
    private static final String COMPOSE_IMAGE = "com.docker.compose.image";
    private static final Set<String> DEFAULT_NETWORK = Set.of("default", "bridge", "");
    private static final Set<String> NO_NETWORK = Set.of("host", "none");
    private static final int HOSTNAME_DIGITS = 12;
    /// What the engine gives an endpoint while it is there; all else is somebody's wish.
    private static final Set<String> GIVEN = Set.of(
            "NetworkID",
            "EndpointID",
            "Gateway",
            "IPAddress",
            "IPPrefixLen",
            "IPv6Gateway",
            "GlobalIPv6Address",
            "GlobalIPv6PrefixLen",
            "MacAddress",
            "DNSNames");

    /// What has to be known besides the forerunner's inspect.
    ///
    /// @param inherited the `Config` of the image that it runs
    /// @param brought the `Config` of the image that the successor will run
    /// @param image what to create it from: a reference, or an image's id where a reference names another
    ///     one by now
    /// @param imageId what that is
    /// @param reference what to follow in later updates, where `image` is an id
    /// @param ofOthers what it gets by `VolumesFrom`, by destination
    /// @param volumeSources those of `VolumesFrom` that are still there
    /// @param marks the labels of this update
    record Ground(
            Json inherited,
            Json brought,
            String image,
            String imageId,
            Optional<String> reference,
            Set<String> ofOthers,
            List<String> volumeSources,
            Map<String, String> marks) {}

    /// Which update it is made by.
    ///
    /// @param server the id of this installation
    record Origin(String operation, String server) {}

    /// @param old the forerunner's inspect
    static Successor of(Json old, Ground ground) {
        String mode = old.at("HostConfig", "NetworkMode").textOrEmpty();
        var carried = AnonymousVolumes.of(old, ground.ofOthers());
        var body = new TreeMap<>(SuccessorConfig.of(
                old.get("Config"), ground.inherited(), ground.brought().get("Labels")));
        body.put("Image", Json.of(ground.image()));
        body.put("Labels", labels(old, body.getOrDefault("Labels", Json.Obj.empty()), carried, ground));
        if (isGivenHostname(old, mode)) body.remove("Hostname");
        if (mode.startsWith(OF_CONTAINER)) {
            body.remove("ExposedPorts");
            body.remove("MacAddress");
        }
        body.put("HostConfig", host(old.get("HostConfig"), carried, ground));
        var networks = endpoints(old, mode);
        Optional<String> first = primary(old, mode);
        first.ifPresent(it -> body.put("NetworkingConfig", only(it, networks.getOrDefault(it, Json.Obj.empty()))));
        boolean entersByItself = !NO_NETWORK.contains(mode) && !mode.startsWith(OF_CONTAINER);
        Optional<String> entered = entersByItself
                ? Optional.of(first.orElse(DEFAULT_NETWORK.contains(mode) ? "bridge" : mode))
                : Optional.empty();
        Optional<String> leaves = entered.filter(
                it -> !old.at("NetworkSettings", "Networks").fields().containsKey(it));
        entered.ifPresent(networks::remove);
        return new Successor(new Json.Obj(body), networks, leaves);
    }

    private static Json labels(Json old, Json kept, AnonymousVolumes.Carried carried, Ground ground) {
        var labels = new TreeMap<>(kept.fields());
        ground.marks().forEach((key, value) -> labels.put(key, Json.of(value)));
        ground.reference().ifPresent(it -> labels.put(UpdateLabels.IMAGE, Json.of(it)));
        var anonymous = new TreeSet<>(carried.names());
        var mounted = new TreeSet<String>();
        for (Json mount : old.get("Mounts").items())
            mounted.add(mount.get("Name").textOrEmpty());
        CarriedVolumes.read(
                        texts(old.at("Config", "Labels")),
                        texts(ground.inherited().get("Labels")))
                .stream()
                .filter(mounted::contains)
                .forEach(anonymous::add);
        if (!anonymous.isEmpty()) labels.put(CarriedVolumes.LABEL, Json.of(String.join(",", anonymous)));
        // Compose compares it, and would make the container once more.
        labels.computeIfPresent(COMPOSE_IMAGE, (_, _) -> Json.of(ground.imageId()));
        return new Json.Obj(labels);
    }

    static Map<String, String> texts(Json object) {
        var texts = new TreeMap<String, String>();
        object.fields().forEach((key, value) -> texts.put(key, value.textOrEmpty()));
        return texts;
    }

    /// The start of its id, or what it shows of the namespace that it shares: neither may be sent.
    private static boolean isGivenHostname(Json old, String mode) {
        String id = old.get("Id").textOrEmpty();
        return mode.equals("host")
                || mode.startsWith(OF_CONTAINER)
                || old.at("HostConfig", "UTSMode").textOrEmpty().equals("host")
                || (id.length() > HOSTNAME_DIGITS
                        && old.at("Config", "Hostname").textOrEmpty().equals(id.substring(0, HOSTNAME_DIGITS)));
    }

    private static Json host(Json old, AnonymousVolumes.Carried carried, Ground ground) {
        var host = new TreeMap<>(old.fields());
        host.put("Binds", Json.of(carried.binds()));
        host.put("Mounts", carried.mounts());
        // Until it has proved itself no policy starts it: an engine that comes back must not run both.
        host.put("RestartPolicy", new ObjBuilder().put("Name", "no").build());
        host.put("ContainerIDFile", Json.of(""));
        if (!old.get("VolumesFrom").isNull()) host.put("VolumesFrom", Json.of(ground.volumeSources()));
        List<String> links = new ArrayList<>();
        for (String link : old.get("Links").texts()) links.add(link(link));
        if (!links.isEmpty()) host.put("Links", Json.of(links));
        return new Json.Obj(host);
    }

    /// `/db:/web/alias` was `db:alias` once.
    private static String link(String shown) {
        int colon = shown.lastIndexOf(':');
        String target = shown.substring(0, Math.max(0, colon));
        String alias = shown.substring(shown.lastIndexOf('/') + 1);
        return (target.startsWith("/") ? target.substring(1) : target) + ":" + alias;
    }

    /// The settings of every network that takes any, by name.
    static Map<String, Json> endpoints(Json old, String mode) {
        var endpoints = new TreeMap<String, Json>();
        if (NO_NETWORK.contains(mode) || mode.startsWith(OF_CONTAINER)) return endpoints;
        String id = old.get("Id").textOrEmpty();
        old.at("NetworkSettings", "Networks").fields().forEach((name, endpoint) -> {
            var wishes = new TreeMap<>(endpoint.fields());
            wishes.keySet().removeAll(GIVEN);
            List<String> aliases = endpoint.get("Aliases").texts().stream()
                    .filter(it -> it.length() < HOSTNAME_DIGITS || !id.startsWith(it))
                    .toList();
            wishes.put("Aliases", aliases.isEmpty() ? Json.Null.VALUE : Json.of(aliases));
            endpoints.put(name, name.equals("bridge") ? Json.Obj.empty() : new Json.Obj(wishes));
        });
        return endpoints;
    }

    /// The network that a create enters with settings; older engines take one only. Its mode may be a name
    /// or an id.
    private static Optional<String> primary(Json old, String mode) {
        if (NO_NETWORK.contains(mode) || DEFAULT_NETWORK.contains(mode)) return Optional.empty();
        for (var network : old.at("NetworkSettings", "Networks").fields().entrySet()) {
            boolean same = network.getKey().equals(mode)
                    || network.getValue().get("NetworkID").textOrEmpty().equals(mode);
            if (same) return Optional.of(network.getKey());
        }
        return Optional.empty();
    }

    private static Json only(String network, Json settings) {
        return new ObjBuilder()
                .put("EndpointsConfig", new ObjBuilder().put(network, settings).build())
                .build();
    }

    /// The same with other containers' successors in the place of those whose namespaces it shares.
    Successor sharing(Map<ContainerId, ContainerId> successors) {
        var host = new TreeMap<>(body.get("HostConfig").fields());
        for (String field : List.of("NetworkMode", "PidMode", "IpcMode")) {
            String mode = body.at("HostConfig", field).textOrEmpty();
            if (!mode.startsWith(OF_CONTAINER) || !ContainerId.isFull(mode.substring(OF_CONTAINER.length()))) continue;
            ContainerId other = new ContainerId(mode.substring(OF_CONTAINER.length()));
            host.put(field, Json.of(OF_CONTAINER + successors.getOrDefault(other, other)));
        }
        var whole = new TreeMap<>(body.fields());
        whole.put("HostConfig", new Json.Obj(host));
        return new Successor(new Json.Obj(whole), networks, leaves);
    }

    /// Makes it, with all of its networks.
    ContainerId create(EngineVerbatim engine, String name) {
        ContainerId id = engine.create(name, body);
        leaves.ifPresent(it -> engine.disconnect(it, id));
        networks.forEach((network, settings) -> engine.connect(network, id, settings));
        return id;
    }

    Json json() {
        return new ObjBuilder()
                .put("body", body)
                .put("networks", new Json.Obj(new TreeMap<>(networks)))
                .putText("leaves", leaves)
                .build();
    }

    static Successor read(Json json) {
        return new Successor(
                json.get("body"),
                json.get("networks").fields(),
                json.get("leaves").text());
    }
}
