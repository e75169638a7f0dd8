package dev.berth.house;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Who may know whom. A change of the architecture is a change of this table first.
class RoomsTest {
    /// A room, the rooms above it that it may import, its caption. No room names one below it, so there are no
    /// cycles.
    private static final String TABLE = """
            model      ->                                the nouns, and the kinds of failure
            json       -> model                          reading that collects every fault at once; writing
            store      -> model                          the embedded database: open, migrate, transaction
            engine     -> model json                     the container engine in our words; the wire to it
            feed       -> model                          what happened, numbered: a bounded ring
            mirror     -> model engine feed              the engine's containers and images in memory
            stats      -> model engine mirror            samples, percentages, history
            admission  -> model feed mirror stats        may this much memory be promised?
            jobs       -> model json store feed          long work with progress and cancel
            images     -> model json engine feed mirror jobs    pull, update all, look for updates, tag, remove
            attachments -> model json engine mirror          networks and volumes, which containers are attached to
            containers -> model json store engine mirror admission images    create, start, stop, change, remove
            updates    -> model json store engine mirror admission images containers jobs    the successor and the way back
            inside     -> model json engine mirror       log, exec, files, processes
            metrics    -> model engine mirror stats admission jobs    figures, as Prometheus reads them
            access     -> model json store feed          tokens, roles, quotas, policy, audit
            cluster    -> model json engine feed mirror stats admission containers access    the other nodes
            web        -> every room above but engine and store    the HTTP edge
            cli        -> model json                     one class per verb; speaks only HTTP to a server
            app        -> every room above but cli       settings, the object graph, start and stop
            """;

    private static final Rooms ROOMS = Rooms.parse(TABLE);
    private static final Path CLASSES = Path.of("target/classes");
    private static final Path SOURCES = Path.of("src/main/java");
    private static final List<JavaClass> MAIN = List.copyOf(new ClassFileImporter().importPath(CLASSES));

    private static final Set<String> EMPTY_NAMES =
            Set.of("util", "utils", "common", "helper", "helpers", "impl", "manager", "service", "core", "dto", "misc");

    /// What reads the clock, throws dice or waits.
    private static final Pattern TIME_CHANCE_WAITING = Pattern.compile("""
            java\\.lang\\.Thread\\.sleep\\(.*
            | java\\.util\\.concurrent\\.TimeUnit\\.sleep\\(.*
            | java\\.util\\.concurrent\\.locks\\.LockSupport\\.park(Nanos|Until)\\(.*
            | java\\.lang\\.System\\.(currentTimeMillis|nanoTime)\\(\\)
            | java\\.time\\.\\w+\\.now\\((?!java\\.time\\.Clock).*
            | java\\.time\\.(Clock|InstantSource)\\.system\\w*\\(.*
            | java\\.lang\\.Math\\.random\\(\\)
            | java\\.util\\.(Splittable)?Random\\.<init>\\(\\)
            | java\\.util\\.concurrent\\.ThreadLocalRandom\\.current\\(\\)
            | java\\.util\\.random\\.RandomGenerator\\.(of|getDefault)\\(.*
            | java\\.security\\.SecureRandom\\.(<init>|getInstance\\w*)\\(.*
            | java\\.util\\.UUID\\.randomUUID\\(\\)
            """, Pattern.COMMENTS);

    private static final Pattern PRINTING = Pattern.compile("java\\.lang\\.System\\.(out|err)|java\\.lang\\.IO\\..*");
    private static final Pattern EXIT = Pattern.compile("java\\.lang\\.(System\\.exit|Runtime\\.(exit|halt))\\(.*");
    private static final Pattern STACK_TRACE = Pattern.compile(".*\\.printStackTrace\\(.*");

    @Test
    void everyCompiledClassIsRead() throws IOException {
        try (Stream<Path> files = Files.walk(CLASSES)) {
            long compiled =
                    files.filter(file -> file.toString().endsWith(".class")).count();
            assertTrue(compiled > 0, "nothing is compiled");
            assertEquals(compiled, MAIN.size(), "class files that could not be read are not checked");
        }
    }

    @Test
    void everyPackageBelongsToARoomOfTheTable() {
        none(MAIN.stream()
                .filter(type -> !ROOMS.rows().containsKey(Rooms.of(type.getFullName())))
                .map(type -> type.getFullName() + " is in no room of the table"));
    }

    @Test
    void aRoomKnowsOnlyTheRoomsOfItsRow() {
        none(ROOMS.faults(dependencies(MAIN)).stream());
    }

    @Test
    void aRoomImportsOnlyTheRoomsOfItsRow() throws IOException {
        // The compiler copies constants, so a class file does not show where one came from; the import does.
        none(ROOMS.faults(imports()).stream());
    }

    @Test
    void theArchitecturePageShowsThisTable() throws IOException {
        String page = Files.readString(Path.of("docs/architecture.md"));
        assertTrue(page.contains(TABLE), "docs/architecture.md shows another table of rooms");
    }

    @Test
    void onlyTheRoomsThatAskEnginesAndRegistriesUseTheHttpClient() {
        none(users(MAIN, "org.apache.hc.", "engine", "images"));
    }

    @Test
    void onlyTheWebRoomUsesNetty() {
        none(users(MAIN, "io.netty.", "web"));
    }

    @Test
    void onlyTheJsonRoomUsesJackson() {
        none(Stream.concat(users(MAIN, "tools.jackson.", "json"), users(MAIN, "com.fasterxml.", "json")));
    }

    @Test
    void onlyTheStoreAndRoomsThatKeepTablesSpeakSql() {
        none(Stream.concat(
                users(MAIN, "java.sql.", "store", "jobs", "containers", "updates", "access"),
                users(MAIN, "org.sqlite.", "store")));
    }

    @Test
    void timeChanceAndWaitingComeInThroughConstructors() {
        none(callers(
                MAIN,
                TIME_CHANCE_WAITING,
                type -> in(type, "app") || type.getFullName().equals("dev.berth.model.Pause")));
    }

    @Test
    void onlyAppAndCliPrint() {
        none(callers(MAIN, PRINTING, type -> in(type, "app", "cli")));
    }

    @Test
    void onlyAppAndCliEndTheProcess() {
        none(callers(MAIN, EXIT, type -> in(type, "app", "cli")));
    }

    @Test
    void nobodyPrintsAStackTrace() {
        none(callers(MAIN, STACK_TRACE, type -> false));
    }

    @Test
    void noPackageHasANameThatSaysNothing() {
        none(MAIN.stream()
                .map(JavaClass::getPackageName)
                .distinct()
                .filter(name -> Arrays.stream(name.split("\\.", -1)).anyMatch(EMPTY_NAMES::contains)));
    }

    @Test
    void everyPackageHasACaptionAndIsNullMarked() throws IOException {
        List<String> faults = new ArrayList<>();
        for (Path folder : sources().map(Path::getParent).distinct().toList()) {
            Path info = folder.resolve("package-info.java");
            String text = Files.exists(info) ? Files.readString(info) : "";
            if (!text.startsWith("/// ")) faults.add(info + " does not begin with a caption");
            if (!text.contains("\n@NullMarked\n")) faults.add(info + " has no @NullMarked");
        }
        none(faults.stream());
    }

    // The rules can fail.

    @Test
    void aTableInWhichARoomNamesOneBelowItIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Rooms.parse("model -> web\nweb -> model\n"));
        assertThrows(IllegalArgumentException.class, () -> Rooms.parse("model -> model\n"));
        assertThrows(IllegalArgumentException.class, () -> Rooms.parse("model ->\nweb -> every room above but wed\n"));
    }

    @Test
    void aTableThatSaysTheSameRoomTwiceOrIsNoTableIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Rooms.parse("model ->\nmodel ->\n"));
        assertThrows(IllegalArgumentException.class, () -> Rooms.parse("model, json\n"));
    }

    @Test
    void theTableIsReadAsItIsWritten() {
        assertEquals(Set.of(), ROOMS.rows().get("model"));
        assertEquals(Set.of("model", "engine", "feed"), ROOMS.rows().get("mirror"));
        assertEquals(
                Set.of("model", "json", "store", "engine", "mirror", "admission", "images", "containers", "jobs"),
                ROOMS.rows().get("updates"));
        Set<String> web = ROOMS.rows().getOrDefault("web", Set.of());
        assertTrue(web.contains("cluster") && !web.contains("engine") && !web.contains("store"));
        assertEquals(20, ROOMS.rows().size());
    }

    @Test
    void aForbiddenNeighbourIsReported() {
        Edge downwards = new Edge("dev.berth.model.Limits", "dev.berth.mirror.Mirror");
        Edge docker = new Edge("dev.berth.web.sse.Stream", "dev.berth.engine.wire.Frames");
        Edge stranger = new Edge("dev.berth.utils.Strings", "dev.berth.model.Cpus");
        Edge lost = new Edge("dev.berth.Berth", "dev.berth.model.Cpus");
        Edge allowed = new Edge("dev.berth.mirror.Mirror", "dev.berth.engine.wire.Frames");
        Edge athome = new Edge("dev.berth.engine.Engine", "dev.berth.engine.wire.Frames");
        assertEquals(
                List.of(
                        "model may not know mirror: dev.berth.model.Limits -> dev.berth.mirror.Mirror",
                        "web may not know engine: dev.berth.web.sse.Stream -> dev.berth.engine.wire.Frames",
                        "utils may not know model: dev.berth.utils.Strings -> dev.berth.model.Cpus",
                        "no room may not know model: dev.berth.Berth -> dev.berth.model.Cpus"),
                ROOMS.faults(List.of(downwards, docker, stranger, lost, allowed, athome)));
    }

    @Test
    void aPlantedViolationIsFoundInTheClassFile() {
        List<JavaClass> planted = List.of(new ClassFileImporter().importClass(Planted.class));
        assertEquals(
                4, callers(planted, TIME_CHANCE_WAITING, type -> false).count(), "clock, dice, reference and clock");
        assertEquals(1, callers(planted, PRINTING, type -> false).count());
        assertEquals(1, callers(planted, STACK_TRACE, type -> false).count());
        assertEquals(1, callers(planted, EXIT, type -> false).count());
        assertEquals(0, callers(planted, EXIT, type -> in(type, "house")).count());
        assertTrue(users(planted, "java.util.", "web").findAny().isPresent());
        assertTrue(users(planted, "java.util.", "house").findAny().isEmpty());
        assertTrue(dependencies(List.of(new ClassFileImporter().importClass(RoomsTest.class)))
                .contains(new Edge(RoomsTest.class.getName(), Rooms.class.getName())));
    }

    static final class Planted {
        final Instant born = Instant.now();
        final Random dice = new Random();
        final Random loaded = new Random(6);
        final Supplier<Instant> reference = Instant::now;

        long tell(RuntimeException fault) {
            System.out.println(born);
            fault.printStackTrace();
            if (dice.nextInt() == loaded.nextInt()) System.exit(reference.get().hashCode());
            return System.nanoTime();
        }
    }

    // How the rules look.

    private static void none(Stream<String> faults) {
        assertEquals("", faults.sorted().distinct().collect(joining("\n")));
    }

    private static boolean in(JavaClass type, String... rooms) {
        return Set.of(rooms).contains(Rooms.of(type.getFullName()));
    }

    private static Stream<String> users(Collection<JavaClass> types, String library, String... rooms) {
        return types.stream()
                .filter(type -> !in(type, rooms))
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .filter(use -> use.getTargetClass()
                        .getBaseComponentType()
                        .getFullName()
                        .startsWith(library))
                .map(use -> use.getDescription());
    }

    private static Stream<String> callers(
            Collection<JavaClass> types, Pattern forbidden, Predicate<JavaClass> allowed) {
        return types.stream()
                .filter(type -> !allowed.test(type))
                .flatMap(type -> type.getAccessesFromSelf().stream())
                .filter(access -> forbidden.matcher(target(access)).matches())
                .map(JavaAccess::getDescription);
    }

    private static String target(JavaAccess<?> access) {
        String name = access.getTargetOwner().getFullName() + "." + access.getName();
        return access.getTarget() instanceof CodeUnitAccessTarget code
                ? name
                        + code.getRawParameterTypes().stream()
                                .map(JavaClass::getFullName)
                                .collect(joining(",", "(", ")"))
                : name;
    }

    private static List<Edge> dependencies(Collection<JavaClass> types) {
        return types.stream()
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .map(use -> new Edge(
                        use.getOriginClass().getFullName(),
                        use.getTargetClass().getBaseComponentType().getFullName()))
                .filter(edge -> edge.to().startsWith(Rooms.ROOT))
                .distinct()
                .toList();
    }

    private static List<Edge> imports() throws IOException {
        Pattern line =
                Pattern.compile("^import (?:static )?(" + Pattern.quote(Rooms.ROOT) + "[\\w.]+)", Pattern.MULTILINE);
        List<Edge> edges = new ArrayList<>();
        for (Path file : sources().toList()) {
            String from =
                    SOURCES.relativize(file).toString().replace(".java", "").replace('/', '.');
            line.matcher(Files.readString(file)).results().forEach(found -> edges.add(new Edge(from, found.group(1))));
        }
        return edges;
    }

    private static Stream<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList().stream();
        }
    }

    /// One class knows another.
    record Edge(String from, String to) {}

    /// The table: each room with the rooms it may know.
    record Rooms(Map<String, Set<String>> rows) {
        static final String ROOT = "dev.berth.";
        private static final String ALL_BUT = "every room above but ";
        private static final Pattern ROW = Pattern.compile("([a-z]+) *->(?: ([a-z ]*?))?(?: {3,}.*)?");

        static Rooms parse(String table) {
            Map<String, Set<String>> rows = new LinkedHashMap<>();
            for (String line : table.lines().toList()) {
                var row = ROW.matcher(line);
                if (!row.matches()) throw new IllegalArgumentException("not a row: " + line);
                String names = row.group(2) == null ? "" : row.group(2).strip();
                boolean allBut = names.startsWith(ALL_BUT);
                List<String> named = Arrays.stream(names.replace(ALL_BUT, "").split(" +", -1))
                        .filter(name -> !name.isEmpty() && !(allBut && name.equals("and")))
                        .toList();
                if (!rows.keySet().containsAll(named))
                    throw new IllegalArgumentException(row.group(1) + " names a room that is not above it: " + named);
                Set<String> known = new LinkedHashSet<>(allBut ? rows.keySet() : named);
                if (allBut) known.removeAll(named);
                if (rows.put(row.group(1), known) != null)
                    throw new IllegalArgumentException(row.group(1) + " is there twice");
            }
            return new Rooms(rows);
        }

        /// The room of a class: the first package below the root, whatever lies below that.
        static String of(String type) {
            String[] parts =
                    type.substring(type.startsWith(ROOT) ? ROOT.length() : 0).split("\\.", -1);
            return parts.length > 1 ? parts[0] : "no room";
        }

        List<String> faults(Collection<Edge> edges) {
            return edges.stream()
                    .filter(edge -> !of(edge.from()).equals(of(edge.to())))
                    .filter(edge ->
                            !rows.getOrDefault(of(edge.from()), Set.of()).contains(of(edge.to())))
                    .map(edge -> of(edge.from()) + " may not know " + of(edge.to()) + ": " + edge.from() + " -> "
                            + edge.to())
                    .toList();
        }
    }
}
