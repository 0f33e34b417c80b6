// The tests of the exchange mostly wait for a broker.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]
