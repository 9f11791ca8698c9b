// SPDX-License-Identifier: Apache-2.0

/// The files of an edit, for programs that fetch them or decide which files an edit may use.
extension Edit {
    /// Every place that names a file, in document order.
    ///
    /// A file that is used twice appears twice. The list is complete: it is derived from the declarations of all fields
    /// that hold file paths.
    public var media: [MediaReference] {
        var references: [MediaReference] = []
        visitFiles { path, use, src in
            references.append(MediaReference(path: path.description, src: src, use: use))
        }
        return references
    }

    /// Every file once for each use, with the places that name it, in the order of the first ones.
    ///
    /// Most files of a long edit are named often, and paths are put together only where somebody wants them.
    package var files: [(src: String, use: MediaReference.Use, places: [EditPath])] {
        struct Opened: Hashable {
            let src: String
            let use: MediaReference.Use
        }
        var numbers: [Opened: Int] = [:]
        var files: [(src: String, use: MediaReference.Use, places: [EditPath])] = []
        visitFiles { path, use, src in
            if let number = numbers[Opened(src: src, use: use)] { return files[number].places.append(path) }
            numbers[Opened(src: src, use: use)] = files.count
            files.append((src, use, [path]))
        }
        return files
    }

    private func visitFiles(_ visit: (EditPath, MediaReference.Use, String) -> Void) {
        withoutActuallyEscaping(visit) { visit in
            var edit = self
            var walk = FileWalk { visit($0, $1, $2) }
            Self.form.files?(&edit, &walk)
        }
    }

    /// Returns a copy of the edit with each file path replaced by the result of `transform`.
    ///
    /// Throws what `transform` throws.
    public func mapMedia<Failure: Error>(
        _ transform: (MediaReference) throws(Failure) -> String
    ) throws(Failure) -> Edit {
        var sources: [String] = []
        for reference in media { sources.append(try transform(reference)) }
        var edit = self
        var next = sources.makeIterator()
        var walk = FileWalk(replacing: true) { _, _, src in src = next.next() ?? src }
        Self.form.files?(&edit, &walk)
        return edit
    }
}
