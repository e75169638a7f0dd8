package dev.berth.stats;

import static dev.berth.stats.CgroupTree.ID;
import static dev.berth.stats.CgroupTree.PID;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.ContainerId;
import dev.berth.stats.Probe.Gone;
import dev.berth.stats.Sample.Source;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupSourceTest {
    private static final String PLAIN = "/docker/" + ID;
    private static final String SYSTEMD = "/system.slice/docker-" + ID + ".scope";

    @TempDir
    Path folder;

    private CgroupTree tree;
    private final AtomicLong nanos = new AtomicLong();
    private Descriptors descriptors = new Descriptors(100);

    @BeforeEach
    void aHost() {
        tree = new CgroupTree(folder);
    }

    @AfterEach
    void noDescriptorIsLeft() {
        assertEquals(0, tree.openFiles());
    }

    private CgroupSource source() {
        return source(() -> nanos.getAndAdd(10));
    }

    private CgroupSource source(LongSupplier nanoTime) {
        return new CgroupSource(folder, nanoTime, descriptors);
    }

    private void v1(String path, boolean together) {
        tree.process("777", CgroupTree.linesOfV1(path, together));
        tree.mountsOfV1(together);
        tree.filesOfV1(path, together);
    }

    private void v2(String path) {
        tree.process("777", "0::" + path + "\n");
        tree.mountOfV2();
        tree.filesOfV2(path);
    }

    private Reading reading() throws Gone {
        nanos.set(0);
        try (Probe probe = source().open(ID, PID).orElseThrow()) {
            return probe.read();
        }
    }

    private void assertNotOurs() {
        assertEquals(Optional.empty(), source().open(ID, PID));
    }

    private void assertReadsV1() throws Gone {
        assertEquals(
                new Reading(
                        25,
                        Source.CGROUP_V1,
                        25281092,
                        OptionalLong.of(1646592),
                        OptionalLong.of(4349952),
                        OptionalLong.of(1093632),
                        OptionalLong.of(3),
                        OptionalLong.of(1112),
                        OptionalLong.of(0),
                        OptionalLong.of(103),
                        OptionalLong.of(24),
                        OptionalLong.of(6)),
                reading());
    }

    private void assertReadsV2() throws Gone {
        assertEquals(
                new Reading(
                        25,
                        Source.CGROUP_V2,
                        899287000,
                        OptionalLong.of(9388032),
                        OptionalLong.of(17264640),
                        OptionalLong.of(8388608),
                        OptionalLong.of(1),
                        OptionalLong.of(1112),
                        OptionalLong.of(0),
                        OptionalLong.of(405504),
                        OptionalLong.of(8400896),
                        OptionalLong.of(6)),
                reading());
    }

    @Test
    void theFirstKindIsReadFromOneMountForEachController() throws Gone {
        v1(PLAIN, false);
        assertReadsV1();
    }

    @Test
    void theFirstKindIsReadWithSystemdFromAMountOfTwoControllers() throws Gone {
        v1(SYSTEMD, true);
        assertReadsV1();
    }

    @Test
    void theSecondKindIsRead() throws Gone {
        v2(PLAIN);
        assertReadsV2();
    }

    @Test
    void theSecondKindIsReadWithSystemd() throws Gone {
        v2(SYSTEMD);
        assertReadsV2();
    }

    @Test
    void whereBothAreMountedTheOneThatCountsMemoryIsRead() throws Gone {
        v1(PLAIN, false);
        tree.write("sys/fs/cgroup/unified" + PLAIN + "/cpu.stat", "usage_usec 1\n");
        tree.write("sys/fs/cgroup/unified" + PLAIN + "/memory.current", "1\n");
        assertReadsV1();
    }

    @Test
    void theLayoutsOfPodmanAreRead() throws Gone {
        v1("/libpod_parent/libpod-" + ID, false);
        assertReadsV1();
        v2("/machine.slice/libpod-" + ID + ".scope");
        assertReadsV2();
    }

    @Test
    void groupsThatTheContainerMakesItselfAreReadWithItsOwn() throws Gone {
        v2("/machine.slice/libpod-" + ID + ".scope");
        tree.process("777", "0::/machine.slice/libpod-" + ID + ".scope/container\n");
        assertReadsV2();
        v1(PLAIN, false);
        tree.process("777", CgroupTree.linesOfV1(PLAIN + "/init.scope", false));
        assertReadsV1();
    }

    @Test
    void thePathMustHoldTheWholeId() {
        v2("/docker/" + ID.hex().substring(0, 63) + "f");
        assertNotOurs();
        v2("/docker/" + ID.shortId());
        assertNotOurs();
        v2("/");
        assertNotOurs();
        v2("/machine.slice/libpod-conmon-" + ID + ".scope");
        assertNotOurs();
        v1("/docker/" + "0".repeat(64), false);
        assertNotOurs();
        v1(PLAIN, false);
        assertEquals(Optional.empty(), source().open(new ContainerId("a".repeat(64)), PID));
    }

    @Test
    void anEndedOrForeignProcessIsNotOurs() {
        v2(PLAIN);
        assertEquals(Optional.empty(), source().open(ID, PID + 1));
        assertEquals(Optional.empty(), source().open(ID, 0));
        assertEquals(Optional.empty(), source().open(ID, -1));
        tree.write("proc/" + PID + "/stat", "314 (short) S 1\n");
        assertNotOurs();
    }

    @Test
    void aPidThatIsGivenAwayMeanwhileIsNotOurs() {
        v2(PLAIN);
        CgroupSource whileReading = source(() -> {
            tree.stat("778");
            return 0;
        });
        assertEquals(Optional.empty(), whileReading.open(ID, PID));
    }

    @Test
    void namesOfMountPointsMayHoldBlanks() throws Gone {
        v2(PLAIN);
        tree.mounts("30 23 0:26 / /mnt/a\\040b\\134c rw - cgroup2 none rw");
        for (String name : new String[] {"cpu.stat", "memory.current"})
            tree.write("mnt/a b\\c" + PLAIN + "/" + name, CgroupTree.recorded(name));
        Reading reading = reading();
        assertEquals(OptionalLong.of(9388032), reading.memoryUsage());
        assertEquals(OptionalLong.empty(), reading.pids());
    }

    @Test
    void aMountMayBeginWithinTheHierarchy() throws Gone {
        String outer = "/docker/" + "b".repeat(64);
        v2(PLAIN);
        tree.process("777", "0::" + outer + PLAIN + "\n");
        tree.mounts(
                "30 23 0:26 /docker/other /elsewhere rw - cgroup2 cgroup2 rw",
                "30 23 0:26 " + outer + " /sys/fs/cgroup rw - cgroup2 cgroup2 rw");
        assertReadsV2();
    }

    @Test
    void aPathThatLeavesOurOwnNamespaceIsNotFollowed() {
        v2(PLAIN);
        tree.process("777", "0::/.." + PLAIN + "\n");
        assertNotOurs();
    }

    @Test
    void aMountThatCameLaterIsFound() throws Gone {
        v2(PLAIN);
        tree.mounts("30 23 0:26 / /mnt rw - cgroup2 cgroup2 rw");
        CgroupSource source = source();
        assertEquals(Optional.empty(), source.open(ID, PID));
        tree.mountOfV2();
        try (Probe probe = source.open(ID, PID).orElseThrow()) {
            assertEquals(899287000, probe.read().cpuNanos());
        }
    }

    @Test
    void whatMayBeMissingIsLeftOut() throws Gone {
        v2(PLAIN);
        for (String name : new String[] {"memory.peak", "memory.stat", "pids.current", "io.stat"})
            tree.delete("sys/fs/cgroup" + PLAIN + "/" + name);
        tree.write("sys/fs/cgroup" + PLAIN + "/cpu.stat", "usage_usec 5\nuser_usec 1\n");
        tree.delete("proc/" + PID + "/net/dev");
        OptionalLong none = OptionalLong.empty();
        OptionalLong memory = OptionalLong.of(9388032);
        assertEquals(
                new Reading(25, Source.CGROUP_V2, 5000, memory, none, none, none, none, none, none, none, none),
                reading());
    }

    @Test
    void anOlderKernelCountsBlocksInTheFileThatIsNotRecursive() throws Gone {
        v1(PLAIN, false);
        tree.delete("sys/fs/cgroup/blkio" + PLAIN + "/blkio.throttle.io_service_bytes_recursive");
        assertEquals(OptionalLong.empty(), reading().blockRead());
        tree.write("sys/fs/cgroup/blkio" + PLAIN + "/blkio.throttle.io_service_bytes", "8:0 Read 5\nTotal 5\n");
        assertEquals(OptionalLong.of(5), reading().blockRead());
        assertEquals(OptionalLong.of(0), reading().blockWritten());
    }

    @Test
    void devicesWithoutCountersMayStandInOneLine() throws Gone {
        v2(PLAIN);
        tree.write(
                "sys/fs/cgroup" + PLAIN + "/io.stat", "7:7 7:6 8:0 rbytes=5 wbytes=6\n9:0 \n9:1 rbytes=1 wbytes=1\n");
        assertEquals(OptionalLong.of(6), reading().blockRead());
        tree.write("sys/fs/cgroup" + PLAIN + "/io.stat", "");
        assertEquals(OptionalLong.of(0), reading().blockRead());
    }

    @Test
    void withoutMemoryOrProcessorTimeTheFilesAreNotOurs() {
        v1(PLAIN, false);
        tree.delete("sys/fs/cgroup/cpuacct" + PLAIN + "/cpuacct.usage");
        assertNotOurs();
        v1(PLAIN, false);
        tree.process("777", CgroupTree.linesOfV1(PLAIN, false).replace("4:memory:" + PLAIN, "4:memory:/"));
        assertNotOurs();
        v2(PLAIN);
        tree.delete("sys/fs/cgroup" + PLAIN + "/memory.current");
        assertNotOurs();
        v2(PLAIN);
        tree.write("sys/fs/cgroup" + PLAIN + "/cpu.stat", "user_usec 1\n");
        assertNotOurs();
    }

    @Test
    void brokenOrShortOrEmptyFilesAreTheEnd() {
        for (String text : new String[] {"", "12", "max\n", "-1\n", "1x\n", "99999999999999999999\n", "1\n2\n"}) {
            v2(PLAIN);
            assertGone("sys/fs/cgroup" + PLAIN + "/memory.current", text);
            assertGone("sys/fs/cgroup" + PLAIN + "/pids.current", text);
            v1(PLAIN, false);
            assertGone("sys/fs/cgroup/cpuacct" + PLAIN + "/cpuacct.usage", text);
        }
        v2(PLAIN);
        assertGone("sys/fs/cgroup" + PLAIN + "/cpu.stat", "usage_usec 12");
        v2(PLAIN);
        assertGone("sys/fs/cgroup" + PLAIN + "/cpu.stat", "usage_usec " + Long.MAX_VALUE / 10 + "\n");
        v2(PLAIN);
        assertGone("sys/fs/cgroup" + PLAIN + "/memory.stat", "");
        v2(PLAIN);
        assertGone("proc/" + PID + "/net/dev", "");
    }

    /// After a sound reading the file changes: the set is closed, and stays so.
    private void assertGone(String file, String text) {
        Probe probe = source().open(ID, PID).orElseThrow();
        assertTrue(tree.openFiles() > 0);
        tree.write(file, text);
        later(); // nothing is believed to rest for long
        assertThrows(Gone.class, probe::read, () -> file + " " + text);
        assertEquals(0, tree.openFiles());
        assertThrows(Gone.class, probe::read);
        probe.close();
        aHealthyHost(file);
    }

    private void aHealthyHost(String file) {
        if (file.contains("cpuacct")) v1(PLAIN, false);
        else v2(PLAIN);
    }

    @Test
    void closingTwiceIsClosingOnce() throws Gone {
        v1(PLAIN, true);
        Probe probe = source().open(ID, PID).orElseThrow();
        assertEquals(8, tree.openFiles());
        probe.close();
        probe.close();
        assertEquals(0, tree.openFiles());
        assertThrows(Gone.class, probe::read);
    }

    @Test
    void filesMayGrowBeyondTheBuffer() throws Gone {
        v1(PLAIN, false);
        try (Probe probe = source().open(ID, PID).orElseThrow()) {
            var devices = new StringBuilder();
            for (int i = 0; i < 20_000; i++) devices.append("254:").append(i).append(" Read 2\n");
            tree.write(
                    "sys/fs/cgroup/blkio" + PLAIN + "/blkio.throttle.io_service_bytes_recursive", devices.toString());
            later();
            assertEquals(OptionalLong.of(40_000), probe.read().blockRead());
            assertEquals(OptionalLong.of(1646592), probe.read().memoryUsage());
        }
    }

    @Test
    void whereNoDescriptorIsLeftFilesAreOpenedForEachReading() throws Gone {
        v1(PLAIN, false);
        Reading plenty = reading();
        descriptors = new Descriptors(3);
        nanos.set(0);
        try (Probe probe = source().open(ID, PID).orElseThrow();
                Probe second = source().open(ID, PID).orElseThrow()) {
            assertEquals(3, tree.openFiles());
            assertEquals(plenty.memoryMaximum(), probe.read().memoryMaximum());
            assertEquals(plenty.networkReceived(), second.read().networkReceived());
        }
    }

    @Test
    void aDescriptorThatIsGivenBackIsThereForTheNext() throws Gone {
        v2(PLAIN);
        descriptors = new Descriptors(3);
        source().open(ID, PID).orElseThrow().close();
        assertEquals(0, tree.openFiles());
        try (Probe next = source().open(ID, PID).orElseThrow()) {
            assertEquals(3, tree.openFiles());
            next.read();
        }
    }

    @Test
    void aFileThatIsOpenedAgainMustBeOfTheSameProcess() throws Gone {
        v2(PLAIN);
        descriptors = new Descriptors(0);
        try (Probe probe = source().open(ID, PID).orElseThrow()) {
            probe.read();
            tree.process("778", "0::" + PLAIN + "\n");
            assertThrows(Gone.class, probe::read);
        }
    }

    @Test
    void halfOfAProcessesDescriptorsAreForTheseFiles() {
        tree.write(
                "proc/self/limits",
                "Limit  Soft Limit  Hard Limit  Units\nMax open files            7       9    files\n");
        Descriptors few = Descriptors.halfOf(folder.resolve("proc/self/limits"));
        for (int i = 0; i < 3; i++) assertTrue(few.take());
        assertFalse(few.take());
        few.give();
        assertTrue(few.take());
        tree.write("proc/self/limits", "Max open files            unlimited       unlimited    files\n");
        assertTrue(Descriptors.halfOf(folder.resolve("proc/self/limits")).take());
        assertTrue(Descriptors.halfOf(folder.resolve("nowhere")).take());
    }

    private void later() {
        nanos.addAndGet(10_000_000_000L);
    }

    @Test
    void whatStandsStillWhileAContainerRestsIsReadAgainOnceItHasRun() throws Gone {
        v1(PLAIN, false);
        try (Probe probe = source().open(ID, PID).orElseThrow()) {
            tree.write("sys/fs/cgroup/cpu" + PLAIN + "/cpu.stat", "nr_throttled 7\n");
            tree.write("sys/fs/cgroup/pids" + PLAIN + "/pids.current", "4\n");
            assertEquals(OptionalLong.of(6), probe.read().throttledPeriods());
            assertEquals(OptionalLong.of(3), probe.read().pids());
            tree.write("sys/fs/cgroup/cpuacct" + PLAIN + "/cpuacct.usage", "25281093\n");
            assertEquals(OptionalLong.of(7), probe.read().throttledPeriods());
            assertEquals(OptionalLong.of(4), probe.read().pids());
        }
    }

    @Test
    void aChangeOfMemoryMeansThatItDoesNotRest() throws Gone {
        v2(PLAIN);
        try (Probe probe = source().open(ID, PID).orElseThrow()) {
            tree.write("sys/fs/cgroup" + PLAIN + "/memory.peak", "99999999\n");
            assertNotEquals(OptionalLong.of(99_999_999), probe.read().memoryMaximum());
            tree.write("sys/fs/cgroup" + PLAIN + "/memory.current", "4096\n");
            assertEquals(OptionalLong.of(99_999_999), probe.read().memoryMaximum());
        }
    }

    @Test
    void whatTheKernelDoesOnItsOwnShowsWithinTenSeconds() throws Gone {
        v2(PLAIN);
        try (Probe probe = source().open(ID, PID).orElseThrow()) {
            tree.write("sys/fs/cgroup" + PLAIN + "/io.stat", "254:0 rbytes=5 wbytes=7\n");
            assertNotEquals(OptionalLong.of(7), probe.read().blockWritten());
            later();
            assertEquals(OptionalLong.of(7), probe.read().blockWritten());
        }
    }

    @Test
    void theNetworkOfOneThatRestsIsReadAsLongAsItMoves() throws Gone {
        v2(PLAIN);
        try (Probe probe = source().open(ID, PID).orElseThrow()) {
            for (long received = 1200; received < 1230; received++) {
                tree.write("proc/" + PID + "/net/dev", net("lo", 9, "eth0", received));
                assertEquals(OptionalLong.of(received), probe.read().networkReceived());
                second();
            }
        }
    }

    @Test
    void aNetworkThatHasStoodStillForTenSecondsIsLeftOutForTenAtMost() throws Gone {
        v2(PLAIN);
        try (Probe probe = source().open(ID, PID).orElseThrow()) {
            for (int i = 0; i < 12; i++) {
                probe.read();
                second();
            }
            int late = 0;
            tree.write("proc/" + PID + "/net/dev", net("lo", 9, "eth0", 1200));
            for (; !probe.read().networkReceived().equals(OptionalLong.of(1200)); late++) second();
            assertTrue(late > 0 && late <= 10, late + " s late");
            second();
            tree.write("proc/" + PID + "/net/dev", net("lo", 9, "eth0", 1201));
            assertEquals(OptionalLong.of(1201), probe.read().networkReceived(), "it moves again");
        }
    }

    @Test
    void theNetworkOfOneThatRunsIsReadThoughItHasStoodStill() throws Gone {
        v2(PLAIN);
        try (Probe probe = source().open(ID, PID).orElseThrow()) {
            for (int i = 0; i < 15; i++) {
                probe.read();
                second();
            }
            tree.write("proc/" + PID + "/net/dev", net("lo", 9, "eth0", 1200));
            tree.write("sys/fs/cgroup" + PLAIN + "/memory.current", "4096\n");
            assertEquals(OptionalLong.of(1200), probe.read().networkReceived());
        }
    }

    private void second() {
        nanos.addAndGet(1_000_000_000L);
    }

    @Test
    void interfacesComeAndGoAndTheSumsNeverGoBack() throws Gone {
        v2(PLAIN);
        String net = "proc/" + PID + "/net/dev";
        try (Probe probe = source().open(ID, PID).orElseThrow()) {
            tree.write(net, net("lo", 9, "eth0", 1200));
            assertEquals(OptionalLong.of(1200), probe.read().networkReceived());
            tree.write(net, net("eth1", 50, "eth0", 1300));
            assertEquals(OptionalLong.of(1350), probe.read().networkReceived());
            tree.write(net, net("lo", 99, "eth1", 60));
            assertEquals(OptionalLong.of(1360), probe.read().networkReceived());
            tree.write(net, net("eth1", 60, "eth0", 5));
            assertEquals(OptionalLong.of(1365), probe.read().networkReceived());
            tree.write(net, net("eth1", 7, "eth0", 6));
            assertEquals(OptionalLong.of(1373), probe.read().networkReceived());
            assertEquals(OptionalLong.of(2 * 1373), probe.read().networkSent());
            tree.write(net, "Inter-|\n face |\n");
            assertEquals(OptionalLong.of(1373), probe.read().networkReceived());
        }
    }

    private static String net(String one, long first, String two, long second) {
        return "Inter-|   Receive  |  Transmit\n face |bytes |bytes\n" + net(one, first) + net(two, second);
    }

    /// Sends twice what it receives.
    private static String net(String name, long received) {
        return "  %s:%8d 1 2 3 4 5 6 7  %d 1 2 3 4 5 6 7\n".formatted(name, received, 2 * received);
    }

    @Test
    void randomFilesAreTheEndOrAReadingAndNothingElse() {
        String[] words = {
            "usage_usec ",
            "nr_throttled ",
            "inactive_file ",
            " rbytes=",
            " Read ",
            "lo:",
            "eth0:",
            "\n",
            " ",
            "7",
            "1 2 3 ",
            "9223372036854775807",
            "\n total_inactive_file ",
            "0 0 0 0 0 0 0 0 0\n",
            "\u0000",
            "\u00ff",
            ":"
        };
        var random = new Random(20_261_123);
        String[] filesOfV1 = {
            "cpuacct" + PLAIN + "/cpuacct.usage",
            "memory" + PLAIN + "/memory.stat",
            "blkio" + PLAIN + "/blkio.throttle.io_service_bytes_recursive",
            "cpu" + PLAIN + "/cpu.stat",
            "../../../proc/" + PID + "/net/dev"
        };
        String[] filesOfV2 = {
            PLAIN + "/cpu.stat", PLAIN + "/io.stat", PLAIN + "/memory.stat", "../../../proc/" + PID + "/net/dev"
        };
        for (boolean first : new boolean[] {true, false}) {
            if (first) v1(PLAIN, false);
            else v2(PLAIN);
            String[] files = first ? filesOfV1 : filesOfV2;
            for (int round = 0; round < 200; round++) {
                var text = new StringBuilder();
                for (int i = random.nextInt(30); i > 0; i--)
                    text.append(
                            random.nextInt(8) == 0 ? (char) random.nextInt(256) : words[random.nextInt(words.length)]);
                String file = "sys/fs/cgroup/" + files[random.nextInt(files.length)];
                Probe probe = source().open(ID, PID).orElseThrow();
                String sound = tree.replace(file, text.toString());
                try {
                    probe.read();
                } catch (Gone expected) {
                    assertEquals(0, tree.openFiles());
                } finally {
                    probe.close();
                    tree.write(file, sound);
                }
            }
        }
    }

    @Test
    void randomProcessesAreNotOursAndNothingElse() {
        var random = new Random(7);
        byte[] bytes = new byte[200];
        v2(PLAIN);
        for (int round = 0; round < 150; round++) {
            random.nextBytes(bytes);
            String[] files = {"proc/" + PID + "/stat", "proc/" + PID + "/cgroup", "proc/self/mountinfo"};
            String noise = new String(bytes, StandardCharsets.ISO_8859_1);
            String cgroup = "0::/" + noise.substring(0, 9) + "/" + ID + "\n";
            String sound = tree.replace(files[round % 3], random.nextBoolean() ? noise : cgroup);
            source().open(ID, PID).ifPresent(Probe::close);
            tree.write(files[round % 3], sound);
        }
    }
}
