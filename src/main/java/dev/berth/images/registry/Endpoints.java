package dev.berth.images.registry;

import dev.berth.engine.RegistryConfig;
import dev.berth.model.ImageRef;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a registry is asked, as the engine would: a mirror before Docker Hub, plain HTTP only where the
/// engine allows it.
record Endpoints(RegistryConfig config) {
    private static final String HUB = "docker.io";
    private static final URI HUB_ADDRESS = URI.create("https://registry-1.docker.io");

    /// Every engine deems it insecure, whether it says so or not.
    private static final String LOOPBACK = "127.0.0.0/8";

    private static final Pattern HOST = Pattern.compile("\\[(?<six>[^\\]]+)](?::\\d+)?|(?<name>[^:]+)(?::\\d+)?");
    private static final Pattern NETWORK = Pattern.compile("(?<address>[0-9a-fA-F:.]+)/(?<bits>\\d{1,3})");

    /// One address to be asked.
    ///
    /// @param mirror whether others hold the truth if this one does not know
    record Endpoint(URI base, boolean mirror) {
        URI manifest(ImageRef reference) {
            return base.resolve(
                    "/v2/" + reference.path() + "/manifests/" + reference.tag().orElseThrow());
        }
    }

    /// In the order in which they are tried.
    List<Endpoint> of(String registry) {
        List<Endpoint> all = new ArrayList<>();
        if (registry.equals(HUB)) {
            for (String mirror : config.mirrors()) address(mirror).ifPresent(it -> all.add(new Endpoint(it, true)));
            all.add(new Endpoint(HUB_ADDRESS, false));
        } else {
            var safe = new Endpoint(URI.create("https://" + registry), false);
            var plain = new Endpoint(URI.create("http://" + registry), false);
            List<InetAddress> addresses = addresses(registry);
            all.add(safe);
            // On this machine there is nobody between, and who expects plain HTTP may wait long for the end of a TLS
            // hello.
            boolean here = !addresses.isEmpty() && addresses.stream().allMatch(InetAddress::isLoopbackAddress);
            if (insecure(registry, addresses)) all.add(here ? 0 : 1, plain);
        }
        return all;
    }

    private static Optional<URI> address(String mirror) {
        try {
            URI address = URI.create(mirror);
            boolean usable = address.getHost() != null
                    && String.valueOf(address.getScheme()).matches("https?");
            return Optional.of(address).filter(_ -> usable);
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    private boolean insecure(String registry, List<InetAddress> addresses) {
        Boolean told = config.secure().get(registry);
        if (told != null) return !told;
        List<String> networks = new ArrayList<>(config.insecureNetworks());
        networks.add(LOOPBACK);
        return networks.stream().anyMatch(it -> addresses.stream().anyMatch(one -> contains(it, one)));
    }

    private static List<InetAddress> addresses(String registry) {
        Matcher host = HOST.matcher(registry);
        if (!host.matches()) return List.of();
        String name = Optional.ofNullable(host.group("six")).orElseGet(() -> host.group("name"));
        try {
            return List.of(InetAddress.getAllByName(name));
        } catch (UnknownHostException nowhere) {
            return List.of();
        }
    }

    private static boolean contains(String network, InetAddress address) {
        Matcher parts = NETWORK.matcher(network);
        if (!parts.matches()) return false;
        byte[] first = InetAddress.ofLiteral(parts.group("address")).getAddress();
        byte[] one = address.getAddress();
        int bits = Integer.parseInt(parts.group("bits"));
        if (first.length != one.length || bits > 8 * one.length) return false;
        int whole = bits / 8;
        if (!Arrays.equals(first, 0, whole, one, 0, whole)) return false;
        int mask = 0xFF00 >> (bits % 8) & 0xFF;
        return mask == 0 || (first[whole] & mask) == (one[whole] & mask);
    }
}
