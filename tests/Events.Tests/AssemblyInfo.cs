// The tests of the exchange mostly wait for a broker.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
