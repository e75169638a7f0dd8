package dev.berth.web;

import dev.berth.mirror.Mirror;
import dev.berth.stats.Stats;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// All routes of the server, in one place.
public final class Routes {
    private Routes() {}

    /// @param hostname of this machine
    /// @param version of this server
    public static List<Route> all(Rooms rooms, InstantSource clock, String hostname, String version) {
        Mirror mirror = rooms.mirror();
        Stats stats = rooms.stats();
        List<Route> routes = new ArrayList<>();
        routes.addAll(new ContainerRoutes(
                        mirror, stats, rooms.containers(), rooms.images().freshness())
                .routes());
        routes.addAll(new UpdateRoutes(rooms.updates()).routes());
        routes.addAll(new StatsRoutes(mirror, stats::table, stats.history(), stats.live(), clock).routes());
        routes.addAll(new FileRoutes(rooms.copies()).routes());
        routes.addAll(new ExecRoutes(rooms.execs(), clock).routes());
        routes.addAll(new LogRoutes(mirror, rooms.logs(), clock).routes());
        routes.addAll(new DetailRoutes(mirror, rooms.details()).routes());
        routes.addAll(new ImageRoutes(mirror, rooms.images()).routes());
        routes.addAll(new NetworkRoutes(rooms.attachments().networks()).routes());
        routes.addAll(new VolumeRoutes(rooms.attachments().volumes()).routes());
        routes.addAll(new JobRoutes(rooms.jobs()).routes());
        routes.addAll(new InfoRoutes(mirror, stats, rooms.admission(), clock, hostname, version).routes());
        routes.addAll(new EventRoutes(mirror, rooms.feed()).routes());
        routes.addAll(new MetricsRoutes(rooms.metrics()).routes());
        routes.addAll(DocsRoutes.routes());
        routes.addAll(ProblemRoutes.routes());
        routes.addAll(PageRoutes.routes());
        return List.copyOf(routes);
    }
}
