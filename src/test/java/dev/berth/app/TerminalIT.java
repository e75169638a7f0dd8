package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A terminal inside a container, on a real engine, with a client in another language.
@Timeout(300)
class TerminalIT {
    private static final Lab LAB = Lab.shared();
    private static final Duration SOON = Duration.ofSeconds(30);
    /// Connections to the engine that are kept; one more per terminal would be fifty.
    private static final int POOL = 16;

    private static final String SHELL = "/container/terminals/exec?command=sh&tty=true";
    private static Berth berth;

    @TempDir
    private static Path folder;

    private final List<PythonClient> people = new ArrayList<>();

    @BeforeAll
    static void start() {
        LAB.removeContainers();
        LAB.docker("pull", "-q", "busybox");
        berth = Berth.on(LAB);
        LAB.docker("run", "-d", "--name", "terminals", "busybox", "sleep", "3600");
        Awaitility.await().until(() -> berth.http().get("/container/terminals").status() == 200);
    }

    @AfterAll
    static void stop() {
        berth.close();
        LAB.removeContainers();
    }

    @AfterEach
    void leave() {
        people.forEach(PythonClient::kill);
        awaitProcesses(1);
    }

    private static int processes() {
        return (int) LAB.docker("top", "terminals").lines().count() - 1;
    }

    private static void awaitProcesses(int count) {
        Awaitility.await().atMost(SOON).until(() -> processes() == count);
    }

    /// Open sockets of this process, which the server is in.
    private static long sockets() throws IOException {
        long count = 0;
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open.toList()) if (isSocket(descriptor)) count++;
        }
        return count;
    }

    private static boolean isSocket(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (NoSuchFileException closed) {
            return false;
        }
    }

    private PythonClient person(String path) throws IOException {
        var person = PythonClient.atTerminal(folder, berth.http(), path);
        people.add(person);
        return person;
    }

    @Test
    void aShellIsTypedAtResizedInterruptedAndLeft() throws IOException {
        PythonClient person = person(SHELL + "&rows=33&cols=111&env=A%3Db");
        person.hears("status 101");
        person.does("say stty size; echo $A-$TERM\\n").does("until 33 111\\r\\nb-xterm\\r\\n");
        person.hears("came 33 111\\r\\nb-xterm\\r\\n");
        person.does("control {\"resize\": [40, 120]}");
        person.does("say while ! stty size | grep '40 12.'; do sleep 1; done\\n")
                .does("until \\n40 120\\r\\n");
        person.hears("came \\n40 120\\r\\n");
        person.does("say sleep 999\\n").does("until sleep 999\\r\\n").hears("came sleep 999\\r\\n");
        Awaitility.await().until(() -> LAB.docker("top", "terminals").contains("sleep 999"));
        person.does("say \\x03")
                .does("say echo back-$?\\n")
                .does("until back-130\\r\\n")
                .hears("came back-130\\r\\n");
        person.does("say exit 7\\n").does("end");
        person.hears("control {\"exit_code\":7}").hears("close 1000 ");
    }

    @Test
    void anEditorPaintsItsScreen() throws IOException {
        PythonClient person = person("/container/terminals/exec?command=vi&command=/tmp/x&tty=true");
        person.hears("status 101").does("until ~\\x1b[").hears("came ~\\x1b[");
        // An escape followed by something at once would be a key of its own.
        person.does("say ihello").does("until hello").hears("came hello");
        person.does("say \\x1b").does("until [Modified]").hears("came [Modified]");
        person.does("say :wq\\r").does("end").hears("control {\"exit_code\":0}").hears("close 1000 ");
        assertEquals("hello", LAB.docker("exec", "terminals", "cat", "/tmp/x"));
    }

    @Test
    void withoutATerminalTheInputCanEnd() throws IOException {
        PythonClient person = person("/container/terminals/exec?command=%5B%22wc%22,%22-c%22%5D&tty=false");
        person.hears("status 101")
                .does("say hello")
                .does("control {\"eof\": true}")
                .does("end");
        person.hears("control {\"exit_code\":0}").hears("close 1000 ").hears("output \"5\\n\"");
    }

    @Test
    void whatCannotBeStartedIsRefusedBeforeTheProtocolChanges() throws IOException {
        person("/container/terminals/exec?command=nosuch").hears("status 422");
        person("/container/terminals/exec?command=").hears("status 400");
        person("/container/nobody/exec?command=sh").hears("status 404");
    }

    @Test
    void aClientThatIsKilledLeavesNothing() throws IOException {
        PythonClient person = person(SHELL).hears("status 101");
        person.does("say sleep 998 & sleep 997\\n")
                .does("until 997\\r\\n")
                .hears("came 997\\r\\n")
                .does("hang");
        awaitProcesses(4);
        person.kill();
        awaitProcesses(1);
    }

    @Test
    void aClientThatDoesNotReadAFloodHoldsItBackAndThenIsGone() throws IOException {
        PythonClient person = person("/container/terminals/exec?command=yes&tty=false")
                .hears("status 101")
                .does("mute");
        person.hears("mute");
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> processes() == 1); // two pings
    }

    @Test
    void fiftyTerminalsAtOnceAreKilledAtOnce() throws IOException {
        person(SHELL).hears("status 101").does("say exit\\n").does("end").hears("control {\"exit_code\":0}");
        awaitProcesses(1);
        long before = sockets();
        var crowd = new ArrayList<PythonClient>();
        for (int i = 0; i < 50; i++) crowd.add(person(SHELL));
        for (PythonClient one : crowd) one.hears("status 101").does("hang").hears("hanging");
        awaitProcesses(51);
        crowd.forEach(PythonClient::kill);
        awaitProcesses(1);
        Awaitility.await().atMost(SOON).until(() -> sockets() <= before + POOL);
    }

    @Test
    void aServerThatStopsSaysSoAndLeavesNothing() throws IOException {
        PythonClient person = person(SHELL).hears("status 101");
        person.does("end");
        Berth old = berth;
        old.close();
        person.hears("close 1001 the server is stopping");
        assertEquals(1, processes());
        berth = Berth.on(LAB);
        assertTrue(berth.http().get("/container/terminals").status() == 200);
    }

    @Test
    void aTerminalThatIsQuietForTooLongIsEnded() throws IOException {
        Berth patient = berth;
        berth = Berth.on(LAB, "test-server", "--terminal.idle-seconds", "2");
        try {
            PythonClient person = person("/container/terminals/exec?command=sleep&command=996")
                    .hears("status 101");
            person.does("end").hears("close 1000 no input and no output for 2 s");
            awaitProcesses(1);
        } finally {
            berth.close();
            berth = patient;
        }
    }
}
