package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Commands in containers whose server is killed, on a real engine.
@Timeout(300)
class LeftCommandsIT {
    private static final Lab LAB = Lab.shared();
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path folder = Path.of("set by JUnit");

    @BeforeEach
    void run() {
        LAB.removeContainers();
        LAB.docker("pull", "-q", "busybox");
        LAB.docker("run", "-d", "--name", "left", "busybox", "sleep", "3600");
    }

    @AfterEach
    void remove() {
        LAB.removeContainers();
    }

    private static boolean runs(String command) {
        return LAB.docker("top", "left").lines().anyMatch(it -> it.endsWith(command));
    }

    private static void awaitRunning(String command) {
        Awaitility.await().atMost(SOON).until(() -> runs(command));
    }

    private static void exec(Http http, String script) {
        http.post("/container/left/exec", "{\"command\": [\"sh\", \"-c\", \"" + script + "\"]}");
    }

    /// Until its server is killed, so there is no answer.
    private static void execForever(Http http, String script) {
        Thread.ofVirtual().start(() -> {
            try {
                exec(http, script);
            } catch (AssertionError killed) {
                assertTrue(killed.toString().contains("broke"), killed::toString);
            }
        });
    }

    /// A terminal with a job of its own, a command that is waited for, and what neither of them is.
    private void leaveThemBehind(String engine) throws IOException, InterruptedException {
        LAB.docker("exec", "-d", "left", "sleep", "6001");
        try (var server = BerthProcess.on(engine, folder)) {
            exec(server.http(), "sleep 6002 >/dev/null 2>&1 &");
            execForever(server.http(), "sleep 5001; true");
            PythonClient person = PythonClient.atTerminal(
                    folder, server.http(), "/container/left/exec?command=sh&tty=true&user=65534");
            person.hears("status 101").does("say setsid sleep 6003 & sleep 5002 & sleep 5003\\n");
            for (String command : List.of("5001", "5002", "5003", "6001", "6002", "6003"))
                awaitRunning("sleep " + command);
            server.kill();
            person.kill();
        }
        for (String command : List.of("5001", "5002", "5003")) assertTrue(runs("sleep " + command), command);
    }

    private void theNextLifeEndsThem(String engine) throws IOException {
        try (var server = BerthProcess.on(engine, folder)) {
            for (String command : List.of("sh", "sleep 5001; true", "sleep 5001", "sleep 5002", "sleep 5003"))
                Awaitility.await().atMost(SOON).until(() -> !runs(command));
            for (String command : List.of("6001", "6002", "6003")) assertTrue(runs("sleep " + command), command);
            Http.Reply reply = server.http().post("/container/left/exec", "{\"command\": [\"echo\", \"on\"]}");
            assertEquals("on\n", reply.json().get("stdout").textOrEmpty(), reply::text);
        }
    }

    @Test
    void endWhenItIsBack() throws Exception {
        leaveThemBehind(LAB.engine());
        theNextLifeEndsThem(LAB.engine());
    }

    @Test
    void endFromInsideWhereTheEngineIsOnAnotherMachine() throws Exception {
        try (var elsewhere = new EngineOverTcp(LAB)) {
            leaveThemBehind(elsewhere.address());
            theNextLifeEndsThem(elsewhere.address());
        }
    }

    @Test
    void onAnEngineElsewhereAClientThatIsKilledLeavesNothingEither() throws Exception {
        try (var elsewhere = new EngineOverTcp(LAB);
                var server = BerthProcess.on(elsewhere.address(), folder)) {
            PythonClient person =
                    PythonClient.atTerminal(folder, server.http(), "/container/left/exec?command=sh&tty=true");
            person.hears("status 101").does("say sleep 5004\\n");
            PythonClient other =
                    PythonClient.atTerminal(folder, server.http(), "/container/left/exec?command=sh&tty=true");
            other.hears("status 101").does("say sleep 5005\\n").does("hang");
            awaitRunning("sleep 5004");
            awaitRunning("sleep 5005");
            person.kill();
            Awaitility.await().atMost(SOON).until(() -> !runs("sleep 5004"));
            assertTrue(runs("sleep 5005"), "another's is none of its business");
            other.kill();
            Awaitility.await().atMost(SOON).until(() -> !runs("sh"));
        }
    }
}
