package framebuffer.trials.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs each JMH benchmark with small parameters, without checking its figures. */
class BenchmarksTest {
    @ParameterizedTest
    @ValueSource(classes = {CodecBenchmark.class, RoutingBenchmark.class, WindowBenchmark.class})
    void eachBenchmarkRuns(Class<?> benchmark) throws RunnerException {
        OptionsBuilder options = new OptionsBuilder();
        options.include(benchmark.getName()).forks(0).warmupIterations(0).measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(1)).shouldFailOnError(true).verbosity(VerboseMode.SILENT);
        assertThat(new Runner(options.build()).run()).isNotEmpty();
    }
}
