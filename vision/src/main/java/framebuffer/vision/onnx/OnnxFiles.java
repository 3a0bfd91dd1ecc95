package framebuffer.vision.onnx;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files of a model, and the size of its pictures.
 *
 * @param model the ONNX file
 * @param labels text file with the names of the model's classes, one per line, in the order of the model
 * @param inputSize width and height of the pictures that the model gets, in pixels; null: the size of the model, 640 where it leaves the size open
 */
public record OnnxFiles(Path model, Path labels, @Nullable Integer inputSize) {
    static final int OPEN_SIZE = 640;

    /** The name of the model's file. */
    String name() {
        return model.getFileName() == null ? model.toString() : model.getFileName().toString();
    }
}
