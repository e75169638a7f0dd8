package dev.berth.engine.wire;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a private key from a PEM file, in the three forms that Docker's key.pem is found in.
///
/// Java reads PKCS#8 alone. PKCS#1 (`RSA PRIVATE KEY`, what Docker's own instructions made for years) and SEC1
/// (`EC PRIVATE KEY`) are what stands inside a PKCS#8 envelope, so they are put into one:
/// `SEQUENCE { INTEGER 0, SEQUENCE { OID, parameters }, OCTET STRING key }` (RFC 5208, RFC 5915).
final class PemKey {
    private static final Pattern BLOCK = Pattern.compile(
            "-----BEGIN (?<kind>[A-Z ]*PRIVATE KEY)-----(?<base64>[A-Za-z0-9+/=\\s]+)-----END \\k<kind>-----");

    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int OID = 0x06;
    /// `[0] parameters` of a SEC1 key: which curve.
    private static final int CURVE = 0xA0;

    private static final byte[] VERSION = HexFormat.of().parseHex("020100");
    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final byte[] EC_OID = HexFormat.of().parseHex("06072a8648ce3d0201");

    private PemKey() {}

    static PrivateKey read(String pem) throws GeneralSecurityException {
        Matcher block = BLOCK.matcher(pem);
        if (!block.find())
            throw new GeneralSecurityException(
                    pem.contains("ENCRYPTED") ? "the key is encrypted" : "it holds no private key in PEM form");
        byte[] der = Base64.getMimeDecoder().decode(block.group("base64"));
        return switch (block.group("kind")) {
            case "PRIVATE KEY" -> pkcs8(der);
            case "RSA PRIVATE KEY" -> pkcs8(envelope(RSA, der));
            case "EC PRIVATE KEY" -> pkcs8(envelope(ec(der), der));
            case "ENCRYPTED PRIVATE KEY" -> throw new GeneralSecurityException("the key is encrypted");
            default -> throw new GeneralSecurityException("a " + block.group("kind") + " is not known");
        };
    }

    private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
        var spec = new PKCS8EncodedKeySpec(der);
        GeneralSecurityException last = new GeneralSecurityException("the key is of no known kind");
        for (String algorithm : new String[] {"RSA", "EC", "Ed25519", "Ed448"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException another) {
                last = another;
            }
        }
        throw last;
    }

    private static byte[] envelope(byte[] algorithm, byte[] key) {
        return der(SEQUENCE, VERSION, algorithm, der(OCTETS, key));
    }

    private static byte[] ec(byte[] sec1) throws GeneralSecurityException {
        return der(SEQUENCE, EC_OID, curve(sec1));
    }

    /// The curve's OID out of `SEQUENCE { INTEGER 1, OCTET STRING, [0] { OID }, … }`.
    private static byte[] curve(byte[] sec1) throws GeneralSecurityException {
        try {
            int at = content(sec1, 0);
            while (at < sec1.length) {
                int inner = content(sec1, at);
                if ((sec1[at] & 0xFF) == CURVE && sec1[inner] == OID)
                    return Arrays.copyOfRange(sec1, inner, inner + 2 + sec1[inner + 1]);
                at = inner + length(sec1, at);
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException cut) {
            throw new GeneralSecurityException("the key is cut off", cut);
        }
        throw new GeneralSecurityException("the key does not name its curve");
    }

    private static int content(byte[] der, int at) {
        int first = der[at + 1] & 0xFF;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7F);
    }

    private static int length(byte[] der, int at) {
        int first = der[at + 1] & 0xFF;
        if (first < 0x80) return first;
        int length = 0;
        for (int i = 0; i < (first & 0x7F); i++) length = (length << 8) | (der[at + 2 + i] & 0xFF);
        return length;
    }

    private static byte[] der(int tag, byte[]... parts) {
        var content = new ByteArrayOutputStream();
        for (byte[] part : parts) content.writeBytes(part);
        var all = new ByteArrayOutputStream();
        all.write(tag);
        int size = content.size();
        if (size < 0x80) all.write(size);
        else if (size < 0x100) all.writeBytes(new byte[] {(byte) 0x81, (byte) size});
        else all.writeBytes(new byte[] {(byte) 0x82, (byte) (size >> 8), (byte) size});
        all.writeBytes(content.toByteArray());
        return all.toByteArray();
    }
}
