package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.config.ConfigException;
import dev.forkd.supervisor.config.ControlConfig;
import dev.forkd.supervisor.config.ForkdConfig;
import dev.forkd.supervisor.observe.AccessLog;
import dev.forkd.supervisor.observe.AccessRecord;
import dev.forkd.supervisor.observe.DeathJudge;
import dev.forkd.supervisor.observe.DeathLog;
import dev.forkd.supervisor.observe.DeathRecord;
import java.io.IOException;
import java.util.List;

/** The access log and the death log of all services. On the loop's thread. */
record RecordFiles(DeathLog deaths, AccessLog accesses, DeathJudge judge) implements Service.Records, AutoCloseable {

    /** @throws ConfigException if one of them cannot be written to, naming its line of the configuration */
    static RecordFiles open(ForkdConfig config) throws ConfigException {
        ControlConfig control = config.control();
        DeathLog deaths;
        try {
            deaths = new DeathLog(control.deathLog());
        } catch (IOException e) {
            throw cannotWrite(config, "death-log", e);
        }
        try {
            return new RecordFiles(
                    deaths, new AccessLog(control.accessLog(), control.accessFormat()), new DeathJudge());
        } catch (IOException e) {
            deaths.close();
            throw cannotWrite(config, "access-log", e);
        }
    }

    private static ConfigException cannotWrite(ForkdConfig config, String key, IOException e) {
        return ConfigException.at(config, List.of("control", key), key + ": cannot write to " + e.getMessage());
    }

    @Override
    public void died(DeathRecord record) {
        deaths.record(record);
    }

    @Override
    public void access(AccessRecord record) {
        accesses.record(record);
    }

    /** Opens the files anew: because they have other names now, or because what had these names was renamed. */
    void use(ControlConfig control) {
        deaths.use(control.deathLog());
        accesses.use(control.accessLog(), control.accessFormat());
    }

    @Override
    public void close() {
        deaths.close();
        accesses.close();
    }
}
