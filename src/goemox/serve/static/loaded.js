// Says on the page that its scripts did not come; what stands between may have changed their address.
addEventListener("load", () => {
  if (document.documentElement.dataset.begun) return;
  document.getElementById("problem-words").textContent = "The scripts of this page could not be loaded. Behind a proxy: it has to pass the Host header on as it is, with its port.";
  document.getElementById("problem-again").addEventListener("click", () => location.reload());
  document.getElementById("problem").hidden = false;
});
