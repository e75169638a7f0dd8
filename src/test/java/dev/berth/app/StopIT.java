package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server that is asked to end while it is at work.
@Timeout(180)
class StopIT {
    private static final Lab LAB = Lab.shared();
    private static final String EVENTS = "Accept: text/event-stream";
    private static final String STOPPING = "data: {\"reason\":\"stopping\"}";

    @TempDir
    private Path folder = Path.of("set by JUnit");

    @AfterEach
    void remove() {
        LAB.removeContainers();
    }

    private static boolean isRefused(URI address) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort())) {
            return !socket.isConnected();
        } catch (ConnectException refused) {
            return true;
        }
    }

    @Test
    void everybodyIsToldAndWhatWasBegunIsFinishedAndAnswered() throws Exception {
        LAB.removeContainers();
        LAB.docker("pull", "-q", "busybox");
        LAB.docker(
                "run",
                "-d",
                "--name",
                "deaf",
                "busybox",
                "sh",
                "-c",
                "trap 'echo asked' TERM; echo begun; while :; do usleep 100000; done");
        try (var server = BerthProcess.on(LAB.engine(), folder)) {
            Http http = server.http();
            try (var events = new Curl(http, "/event");
                    var log = new Curl(http, "/container/deaf/log?follow", "-H", EVENTS);
                    var stats = new Curl(http, "/container/deaf/stats", "-H", EVENTS);
                    var text = Curl.text(http, "/container/deaf/log?follow&stream=stdout")) {
                PythonClient person = PythonClient.atTerminal(folder, http, "/container/deaf/exec?command=sh&tty=true");
                person.hears("status 101").does("say sleep 7001\\n").does("end");
                Awaitility.await().until(() -> LAB.docker("top", "deaf").contains("sleep 7001"));
                var slow = CompletableFuture.supplyAsync(() -> http.post("/container/deaf/stop?timeout=5"));
                Awaitility.await().until(() -> text.lines.contains("asked"));

                server.process().destroy();
                Awaitility.await().until(() -> isRefused(URI.create(http.base())));
                for (Curl stream : List.of(events, log, stats)) {
                    assertEquals(0, stream.exitCode(), stream.lines::toString);
                    assertEquals(
                            List.of("event: end", STOPPING, ""),
                            stream.lines.subList(stream.lines.size() - 3, stream.lines.size()));
                }
                person.hears("close 1001 the server is stopping");
                assertEquals(18, text.exitCode(), "curl's word for a transfer that is not whole");
                assertEquals(List.of("begun", "asked"), text.lines);
                assertFalse(slow.isDone(), "nobody of these had to wait for it");

                Http.Reply reply = slow.get(30, TimeUnit.SECONDS);
                assertEquals(200, reply.status(), reply::text);
                assertEquals("exited", reply.json().get("status").textOrEmpty());
                assertEquals(0, server.exit(), server::text);
            }
        }
    }
}
