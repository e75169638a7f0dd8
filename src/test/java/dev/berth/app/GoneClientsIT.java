package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Clients that end without a word, and what a server still holds of them.
@Timeout(600)
class GoneClientsIT {
    private static final Lab LAB = Lab.shared();
    private static final int STREAMS = 200;
    private static final int TERMINALS = 50;
    private static final List<String> NAMES = List.of("crowd0", "crowd1", "crowd2");

    /// What is promised: whatever a client held is given back by then.
    private static final Duration PROMISED = Duration.ofSeconds(30);

    /// Connections to the engine that are kept for whoever asks next, once many have asked at a time.
    private static final int KEPT = 16;

    /// What compiles and collects, and what carries virtual threads and wakes them, comes and goes with the load.
    private static final int JVMS = 8;

    private static final Pattern VIRTUAL_THREADS =
            Pattern.compile("(?m)^ *\\d+: +(\\d+) +\\d+ +java\\.lang\\.VirtualThread ");

    @TempDir
    private Path folder = Path.of("set by JUnit");

    @AfterEach
    void remove() {
        LAB.removeContainers();
    }

    /// What a server holds.
    ///
    /// @param engine its connections to the engine
    /// @param threads those of the system
    /// @param virtual those that nobody but the JVM sees
    private record Held(long descriptors, long engine, long threads, long virtual) {
        boolean isNoMoreThan(Held before) {
            return descriptors <= before.descriptors + KEPT
                    && engine <= before.engine + KEPT
                    && threads <= before.threads + JVMS
                    && virtual <= before.virtual + JVMS;
        }
    }

    private static Held held(BerthProcess server) throws IOException {
        Set<String> unix = unixSockets(server);
        long descriptors = 0;
        long engine = 0;
        try (Stream<Path> open = Files.list(proc(server).resolve("fd"))) {
            for (Path descriptor : open.toList()) {
                descriptors++;
                if (unix.contains(target(descriptor))) engine++;
            }
        }
        try (Stream<Path> threads = Files.list(proc(server).resolve("task"))) {
            return new Held(descriptors, engine, threads.count(), virtualThreads(server));
        }
    }

    private static Path proc(BerthProcess server) {
        return Path.of("/proc", String.valueOf(server.process().pid()));
    }

    /// As descriptors name them. All of the server's lead to the engine, but for one that is for jcmd.
    private static Set<String> unixSockets(BerthProcess server) throws IOException {
        Set<String> sockets = new HashSet<>();
        for (String line : Files.readAllLines(proc(server).resolve("net/unix"))) {
            String[] fields = line.strip().split(" +", -1);
            if (fields.length >= 7) sockets.add("socket:[" + fields[6] + "]");
        }
        return sockets;
    }

    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException closed) {
            return "";
        }
    }

    /// Those that are alive, or that somebody still holds. Counted in the heap, after a collection: a dump of threads
    /// that are at work crashes some JVMs (25.0.3, in `stackChunkOopDesc::sender`).
    private static long virtualThreads(BerthProcess server) {
        Lab.Output said = LAB.run(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(server.process().pid()),
                "GC.class_histogram");
        Matcher line = VIRTUAL_THREADS.matcher(said.text());
        assertTrue(line.find(), said::text);
        return Long.parseLong(line.group(1));
    }

    private static List<String> clients() {
        List<String> clients = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            String container = "/container/" + NAMES.get(i / 4 % NAMES.size());
            clients.add("events "
                    + switch (i % 4) {
                        case 0 -> "/event";
                        case 1 -> "/event?exec=true";
                        case 2 -> container + "/log?follow&tail=5";
                        default -> container + "/stats";
                    });
        }
        for (int i = 0; i < TERMINALS; i++)
            clients.add("terminal /container/" + NAMES.get(i % NAMES.size()) + "/exec?command=sh&tty=true");
        return clients;
    }

    private PythonClient crowd(BerthProcess server) throws IOException {
        PythonClient crowd = PythonClient.of(folder, "crowd.py", server.http());
        for (String client : clients()) crowd.does(client);
        return crowd.does("open").hears("open " + (STREAMS + TERMINALS));
    }

    /// Of the crowd's, in all containers.
    private static long processes(String command) {
        return NAMES.stream()
                .flatMap(it -> LAB.docker("top", it, "-o", "pid,args").lines())
                .filter(it -> it.matches(" *\\d+ +" + command))
                .count();
    }

    private static void awaitProcesses(int count) {
        for (String command : List.of("sh", "sleep 1000"))
            Awaitility.await().atMost(PROMISED).until(() -> processes(command) == count);
    }

    @Test
    void whatTheyHeldIsGivenBack() throws IOException {
        LAB.removeContainers();
        LAB.docker("pull", "-q", "busybox");
        for (String name : NAMES)
            LAB.docker("run", "-d", "--name", name, "busybox", "sh", "-c", "while usleep 200000; do echo tick; done");
        try (var server = BerthProcess.on(LAB.engine(), folder)) {
            Http http = server.http();
            for (String name : NAMES)
                Awaitility.await().until(() -> http.get("/container/" + name).status() == 200);
            Held before = held(server);
            for (int crowds = 0; crowds < 3; crowds++) {
                PythonClient crowd = crowd(server);
                awaitProcesses(TERMINALS);
                assertHolds(held(server), before);
                crowd.kill();
                awaitProcesses(0);
                Awaitility.await().atMost(PROMISED).until(() -> held(server), it -> it.isNoMoreThan(before));
            }
            assertEquals(200, http.get("/container/crowd0/top").status());
        }
    }

    private static void assertHolds(Held during, Held before) {
        assertTrue(during.descriptors() >= before.descriptors() + STREAMS + 2 * TERMINALS, during::toString);
        assertTrue(during.engine() >= before.engine() + TERMINALS, during::toString);
        assertTrue(during.virtual() >= before.virtual() + STREAMS + 2 * TERMINALS, during::toString);
    }
}
