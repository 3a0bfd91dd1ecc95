package framebuffer.vision.onnx;

/**
 * How a model runs.
 *
 * @param provider what computes
 * @param threads number of threads of one run; 0: one for each core
 * @param batch maximum number of pictures in one run, 1 or more
 */
public record Execution(Provider provider, int threads, int batch) {
    public static final Execution DEFAULT = new Execution(Provider.AUTO, 0, 1);

    /** What computes. */
    public enum Provider {
        /** CUDA where it is present, else the CPU. */
        AUTO, CPU, CUDA
    }
}
