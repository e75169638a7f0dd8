package dev.berth.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One token, in one of two forms; kept where only its owner reads it.
class AccessTest {
    private static final String TOKEN = "berth_abcdefghijklmnopqrstuvwxyz0123456789:colon";

    @TempDir
    Path folder;

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
    }

    static Stream<String> goodHeaders() {
        return Stream.of(
                "Bearer " + TOKEN,
                "bearer " + TOKEN,
                "BEARER   " + TOKEN + " ",
                basic("berth:" + TOKEN),
                basic(":" + TOKEN),
                basic("ann:" + TOKEN).replace("Basic", "bAsIc"),
                basic("berth:" + TOKEN).replace("=", ""));
    }

    @ParameterizedTest
    @MethodSource("goodHeaders")
    void theTokenIsKnownInBothForms(String header) {
        Caller caller = new Tokens(new Secret(TOKEN)).authenticate(header).orElseThrow();
        assertEquals("admin", caller.name());
        for (Right right : Right.values()) assertTrue(caller.may(right));
    }

    static Stream<String> badHeaders() {
        return Stream.of(
                "",
                " ",
                "Bearer",
                "Bearer ",
                TOKEN,
                "Bearer " + TOKEN + "x",
                "Bearer " + TOKEN.substring(1),
                "Bearer " + TOKEN.toUpperCase(java.util.Locale.ROOT),
                "Bearer " + TOKEN + "," + TOKEN,
                "Bearer\t" + TOKEN,
                "Token " + TOKEN,
                "Digest " + TOKEN,
                "Basic " + TOKEN,
                "Basic",
                "Basic ",
                "Basic !!!!",
                "Basic a",
                basic(TOKEN.replace(":", "")),
                basic(TOKEN),
                basic("berth:" + TOKEN + "\n"),
                basic("berth:"),
                basic(TOKEN + ":berth"),
                "Bearer " + basic("berth:" + TOKEN));
    }

    @ParameterizedTest
    @MethodSource("badHeaders")
    void nothingElseIs(String header) {
        assertTrue(new Tokens(new Secret(TOKEN)).authenticate(header).isEmpty());
    }

    @Test
    void bytesThatAreNoTextAreNobody() {
        String header = "Basic " + Base64.getEncoder().encodeToString(new byte[] {(byte) 0xff, ':', (byte) 0xfe});
        assertTrue(new Tokens(new Secret(TOKEN)).authenticate(header).isEmpty());
    }

    @Test
    void aCallerMayOnlyWhatItsRightsSay() {
        var reader = new Caller("reader", Set.of(Right.READ));
        assertTrue(reader.may(Right.READ));
        assertFalse(reader.may(Right.REMOVE));
    }

    @Test
    void aSecretPrintsStars() {
        var secret = new Secret(TOKEN);
        assertEquals("******", secret.toString());
        assertEquals("token ******", "token " + secret);
        assertEquals(TOKEN, secret.reveal());
    }

    @Test
    void theFirstStartMakesATokenThatOnlyItsOwnerReads() throws IOException {
        Path file = folder.resolve("token");
        Secret made = TokenFile.readOrMake(file, new Random(1));
        assertEquals(made.reveal() + "\n", Files.readString(file));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertTrue(made.reveal().matches("berth_[A-Za-z0-9_-]{43}"), "32 bytes in a URL's alphabet");
        assertTrue(new Tokens(made).authenticate("Bearer " + made.reveal()).isPresent());
    }

    @Test
    void laterStartsKeepIt() throws IOException {
        Path file = folder.resolve("token");
        Secret made = TokenFile.readOrMake(file, new Random(1));
        assertEquals(made, TokenFile.readOrMake(file, new Random(2)));
        assertNotEquals(made, TokenFile.readOrMake(folder.resolve("other"), new Random(2)));
    }

    @Test
    void aTokenOfOnesOwnIsTakenWithoutItsLineEnd() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "x".repeat(32) + "\r\n");
        assertEquals("x".repeat(32), TokenFile.readOrMake(file, new Random(1)).reveal());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "short",
                "with a space aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "two\nlines_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "ümlaut_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void whatIsNoTokenIsRefusedAndLeftAlone(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), content);
        var refusal = assertThrows(IOException.class, () -> TokenFile.readOrMake(file, new Random(1)));
        assertTrue(String.valueOf(refusal.getMessage()).contains("remove it"), refusal::toString);
        assertEquals(content, Files.readString(file));
    }

    @Test
    void whatCannotBeReadIsNotReplaced() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("token"));
        assertThrows(IOException.class, () -> TokenFile.readOrMake(directory, new Random(1)));
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThrows(IOException.class, () -> TokenFile.readOrMake(binary, new Random(1)));
        assertEquals(3, Files.size(binary));
    }

    @Test
    void whatACrashLeftHalfWrittenIsNoToken() throws IOException {
        Path half = Files.writeString(folder.resolve("token.new"), "berth_half");
        Secret made = TokenFile.readOrMake(folder.resolve("token"), new Random(1));
        assertNotEquals("berth_half", made.reveal());
        assertFalse(Files.exists(half));
    }

    @Test
    void aFolderThatIsNotThereIsAnError() {
        assertThrows(IOException.class, () -> TokenFile.readOrMake(folder.resolve("no/token"), new Random(1)));
    }
}
