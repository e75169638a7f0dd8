package dev.berth.model;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A port inside a container: `80/tcp`, `53/udp`.
public record ContainerPort(int number, Protocol protocol) implements Comparable<ContainerPort> {
    private static final Pattern GRAMMAR = Pattern.compile("(?<number>\\d{1,5})(?:/(?<protocol>[a-zA-Z]+))?");

    /// The transport protocols that engines publish.
    public enum Protocol {
        TCP,
        UDP,
        SCTP
    }

    public ContainerPort {
        PortBinding.checkNumber(number);
    }

    /// Reads `80`, `80/tcp`, `53/udp` or `36412/sctp`; without a protocol it is TCP.
    public static ContainerPort parse(String text) {
        Matcher parts = GRAMMAR.matcher(text);
        if (!parts.matches())
            throw new Failure.Invalid("'" + text + "' is not a container port; write \"80\", \"80/tcp\" or \"53/udp\"");
        String protocol = parts.group("protocol");
        return new ContainerPort(
                Integer.parseInt(parts.group("number")), protocol == null ? Protocol.TCP : protocol(protocol));
    }

    private static Protocol protocol(String text) {
        for (Protocol protocol : Protocol.values()) if (protocol.name().equalsIgnoreCase(text)) return protocol;
        throw new Failure.Invalid("'" + text + "' is not tcp, udp or sctp");
    }

    @Override
    public int compareTo(ContainerPort other) {
        int byNumber = Integer.compare(number, other.number);
        return byNumber != 0 ? byNumber : protocol.compareTo(other.protocol);
    }

    @Override
    public String toString() {
        return number + "/" + protocol.name().toLowerCase(Locale.ROOT);
    }
}
