package dev.berth.web;

import dev.berth.admission.Admission;
import dev.berth.containers.Containers;
import dev.berth.images.Images;
import dev.berth.inside.Details;
import dev.berth.inside.Logs;
import dev.berth.jobs.Jobs;
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
    public static List<Route> all(
            Mirror mirror,
            Stats stats,
            Jobs jobs,
            Images images,
            Admission admission,
            Containers containers,
            Logs logs,
            Details details,
            InstantSource clock,
            String hostname,
            String version) {
        List<Route> routes = new ArrayList<>();
        routes.addAll(new ContainerRoutes(mirror, stats, containers).routes());
        routes.addAll(new StatsRoutes(mirror, stats::table, stats.history(), stats.live(), clock).routes());
        routes.addAll(new LogRoutes(mirror, logs, clock).routes());
        routes.addAll(new DetailRoutes(mirror, details).routes());
        routes.addAll(new ImageRoutes(mirror, images).routes());
        routes.addAll(new JobRoutes(jobs).routes());
        routes.addAll(new InfoRoutes(mirror, stats, admission, clock, hostname, version).routes());
        routes.addAll(ProblemRoutes.routes());
        routes.addAll(PageRoutes.routes());
        return List.copyOf(routes);
    }
}
