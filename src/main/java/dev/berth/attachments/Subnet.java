package dev.berth.attachments;

import dev.berth.model.Failure;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The addresses of a network, as people write them: `10.77.0.0/24`, `fd00:1::/64`.
record Subnet(InetAddress first, int prefix) {
    private static final Pattern GRAMMAR = Pattern.compile("(?<address>[0-9a-fA-F:.]{2,45})/(?<prefix>\\d{1,3})");
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)"; // a leading 0 would be octal to some
    private static final Pattern IPV4 = Pattern.compile("(" + OCTET + "\\.){3}" + OCTET);
    private static final Pattern IPV6 = Pattern.compile("(?=.*:.*:)[0-9a-fA-F:]{2,39}");

    static Subnet parse(String text) {
        Matcher parts = GRAMMAR.matcher(text);
        Optional<InetAddress> address = parts.matches() ? address(parts.group("address")) : Optional.empty();
        if (address.isEmpty()) throw new Failure.Invalid("'" + text + "' is not a subnet such as 10.77.0.0/24");
        int prefix = Integer.parseInt(parts.group("prefix"));
        if (prefix < 1 || prefix > bits(address.get()))
            throw new Failure.Invalid("the number behind the '/' must be from 1 to " + bits(address.get()));
        var subnet = new Subnet(address.get(), prefix);
        if (!subnet.masked(address.get()).equals(value(address.get())))
            throw new Failure.Invalid("'" + text + "' is not the first address of its subnet");
        return subnet;
    }

    /// Never asks a name server.
    static Optional<InetAddress> address(String text) {
        if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) return Optional.empty();
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    boolean holds(InetAddress address) {
        return bits(address) == bits(first) && masked(address).equals(value(first));
    }

    private BigInteger masked(InetAddress address) {
        int rest = bits(address) - prefix;
        return value(address).shiftRight(rest).shiftLeft(rest);
    }

    private static BigInteger value(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    private static int bits(InetAddress address) {
        return address.getAddress().length * Byte.SIZE;
    }

    @Override
    public String toString() {
        return first.getHostAddress() + "/" + prefix;
    }
}
