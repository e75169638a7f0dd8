package dev.berth.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// The token that Berth made for itself at its first start, in a file that only its owner reads.
public final class TokenFile {
    private static final int TOKEN_BYTES = 32;
    /// What a header can carry, and long enough not to be guessed.
    private static final Pattern TOKEN = Pattern.compile("[!-~]{32,512}");

    private static final String PREFIX = "berth_";

    private TokenFile() {}

    /// The kept token, or a new one that is kept from now on.
    ///
    /// @param random a source that cannot be guessed
    /// @throws IOException if the file can be neither read nor written
    public static Secret readOrMake(Path file, RandomGenerator random) throws IOException {
        try {
            String kept = Files.readString(file).strip();
            if (TOKEN.matcher(kept).matches()) return new Secret(kept);
            throw new IOException(file + " holds no token; remove it to have a new one made");
        } catch (NoSuchFileException firstStart) {
            byte[] bytes = new byte[TOKEN_BYTES];
            random.nextBytes(bytes);
            String made = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            write(file, made + "\n");
            return new Secret(made);
        }
    }

    /// Whole or not at all: a crash must not leave half a token.
    private static void write(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.createFile(fresh, owner);
        Files.writeString(fresh, text, StandardOpenOption.SYNC);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
